"""Inverse kinematics to convergence, all frames at once.

Weighted least squares of marker distances (and of coordinate tasks) by Levenberg-Marquardt within the coordinates'
ranges. Markers taken as point masses of their weight make the Gauss-Newton matrix the mass matrix of the tree, and the
weighted residuals, taken as forces on the bodies, its gradient; so the same code serves dynamics and kinematics. Near
the solution, the geometric stiffness of those forces makes the matrix the whole second derivative: with soft tissue's
centimetres left over, Gauss-Newton's steps shrink by a half each time, Newton's are squared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.anatomy.multibody.equation import body_inertias, mass_matrix, pulled_matrix
from swinglever.anatomy.multibody.spatial import force_at
from swinglever.anatomy.multibody.tree import MassProperties
from swinglever.arrays import Array, Bools, Ints
from swinglever.signals import interpolate

_MAX_ITERATIONS = 200
"""Of the 600 frames of the Hamner 2010 run, 574 settle within 25 and all within 50; one that has not is told."""
_LARGEST_TURN = 0.5
"""A step never turns a joint by more (rad): the linear model does not reach further."""

_NEAR = 0.1
"""From a step that moves no coordinate by more (rad or m) on, the whole second derivative is used."""
_SQUARED = 1000.0
"""With it a step is no longer than so many times the square of the one before: 10 to 30 times were seen."""

_AT_ONCE = 256
"""Frames that are solved together: as many as a processor's cache holds; more take longer each."""
_NEAR_FRAMES = 8
"""Frames further apart are not interpolated between: they may lie on different branches of the same pose."""

_JUMP_RAD = 1.0
"""No joint of a runner turns by more between two frames."""


@dataclass(frozen=True, kw_only=True)
class CoordinateTarget:
    """A coordinate task: pull coordinate ``index`` towards ``value`` (T) with ``weight``."""

    index: int
    weight: float
    value: Array


@dataclass(frozen=True, kw_only=True)
class MarkerFit:
    """What inverse kinematics found.

    Parameters
    ----------
    q
        (T,n) free coordinates, rad and m.
    error_m
        (T,m) distance of each marker from its site on the model, nan where the marker is missing.
    cost
        (T) weighted squared error, m2 (and rad2 for coordinate tasks).
    converged
        (T) whether the last step was below the tolerance.
    """

    q: Array
    error_m: Array
    cost: Array
    converged: Bools


@dataclass(frozen=True, kw_only=True)
class MarkersToFit:
    """What inverse kinematics is asked.

    Parameters
    ----------
    model
        The model; locked coordinates keep their default, bounded ones stay in their range.
    names
        (m) markers to fit, each one of the model's.
    position_m
        (T,m,3) measured positions in ground, nan where missing.
    weights
        (m) weight of each marker.
    targets
        Coordinates that are pulled towards values.
    """

    model: Model
    names: Sequence[str]
    position_m: Array
    weights: Sequence[float]
    targets: Sequence[CoordinateTarget] = ()


@dataclass(frozen=True, kw_only=True)
class _Problem:
    """Markers (m) of frames (T); where each sits in its body is the same in all frames (m,3), or not (T,m,3)."""

    model: Model
    body: Ints
    location: Array
    target: Array
    weight: Array
    owner: Array
    tasks: tuple[CoordinateTarget, ...]
    low: Array
    high: Array
    movable: Bools
    masses: MassProperties | None = None
    """Of the bodies in each frame; made for frames that are worked on together: those of half an hour fill 1 GB."""

    def frames(self, chosen: Ints) -> "_Problem":
        tasks = tuple(CoordinateTarget(index=t.index, weight=t.weight, value=t.value[chosen]) for t in self.tasks)
        location = self.location if self.location.ndim == 2 else self.location[chosen]
        weight, masses = self.weight[chosen], self.masses
        if masses is None and len(chosen) <= _AT_ONCE:
            masses = _as_masses(weight, self.owner, location)
        elif masses is not None:
            masses = MassProperties(
                mass_kg=masses.mass_kg[chosen],
                centre_m=masses.centre_m[chosen],
                inertia_kg_m2=masses.inertia_kg_m2[chosen],
            )
        target = self.target[chosen]
        return replace(self, location=location, target=target, weight=weight, masses=masses, tasks=tasks)

    def blocks(self) -> Iterator[Ints]:
        """Give the frames that are worked on together, one lot after the other."""
        for begin in range(0, len(self.target), _AT_ONCE):
            yield np.arange(begin, min(begin + _AT_ONCE, len(self.target)))


def fit_markers(asked: MarkersToFit, tolerance: float = 1e-7) -> MarkerFit:
    """Find the coordinates whose markers lie nearest to the measured ones, frame by frame.

    Parameters
    ----------
    asked
        The markers, and the model that they belong to.
    tolerance
        A frame is done when its next step moves no coordinate by more (rad or m).
    """
    problem = _problem(asked)
    return _fit(problem, asked.position_m, *_coarse_to_fine(problem, tolerance))


def fit_markers_near(
    tasks: Sequence[MarkersToFit], near: Sequence[Array], tolerance: float, *, in_a_row: bool = True
) -> tuple[MarkerFit, ...]:
    """Fit several recordings of the same markers and one runner, whose motion is known to be close, in one iteration.

    Parameters
    ----------
    tasks
        As of one recording with other noise; markers may sit elsewhere in each model.
    near
        Coordinates (T,n) at which the frames of each recording start.
    tolerance
        A frame is done when its next step moves no coordinate by more (rad or m).
    in_a_row
        Whether frames follow one another, so that one which leaps away from the one before is solved again from there.
    """
    problems = [_problem(task) for task in tasks]
    q, converged = _minimise(_join(problems), np.concatenate(near), tolerance)
    found = []
    spans = pairwise(np.cumsum([0, *map(len, near)]))
    for task, problem, (a, b) in zip(tasks, problems, spans, strict=True):
        if in_a_row:
            _follow(problem, q[a:b], converged[a:b], tolerance)
        found.append(_fit(problem, task.position_m, q[a:b], converged[a:b]))
    return tuple(found)


def _fit(problem: _Problem, position_m: Array, q: Array, converged: Bools) -> MarkerFit:
    """Measure a solution."""
    away = _residuals(problem, q)
    error_m = np.where(np.isfinite(position_m).all(axis=-1), np.linalg.norm(away, axis=-1), np.nan)
    return MarkerFit(q=q, error_m=error_m, cost=_costs(problem, q, away), converged=converged)


def _residuals(problem: _Problem, q: Array) -> Array:
    """Vector (T,m,3) from each marker's site on the model to where it was measured."""
    found = np.empty(problem.target.shape)
    for rows in problem.blocks():
        some = problem.frames(rows)
        found[rows] = some.target - some.model.place(q[rows]).stations(some.body, some.location)
    return found


def _costs(problem: _Problem, q: Array, residual: Array) -> Array:
    """Cost (T) of every frame."""
    cost = np.asarray((problem.weight[..., None] * residual**2).sum((-2, -1)))
    for task in problem.tasks:
        cost = cost + task.weight * (task.value - q[:, task.index]) ** 2
    return cost


def marker_error(asked: MarkersToFit, q: Array) -> Array:
    """Distance (T,m) in m of measured positions from the model's markers at q (T,n); nan where missing or unused."""
    problem = _problem(asked)
    return np.where(problem.weight > 0, np.linalg.norm(_residuals(problem, q), axis=-1), np.nan)


def marker_cost(asked: MarkersToFit, q: Array) -> Array:
    """Weighted squared error (T) that inverse kinematics minimises, at any q (T,n)."""
    problem = _problem(asked)
    return _costs(problem, q, _residuals(problem, q))


def _problem(asked: MarkersToFit) -> _Problem:
    model, names, position_m = asked.model, asked.names, asked.position_m
    sites = {site.name: site for site in model.markers}
    seen = np.isfinite(position_m).all(axis=-1)
    bounded = np.array([c.bounded for c in model.coordinates])
    body = np.array([sites[name].body for name in names])
    location = np.array([sites[name].location_m for name in names])
    weight = np.where(seen, np.asarray(asked.weights, float), 0.0)
    owner = (body[:, None] == np.arange(len(model.body_names))).astype(float)
    return _Problem(
        model=model,
        body=body,
        location=location,
        target=np.where(seen[..., None], position_m, 0.0),
        weight=weight,
        owner=owner,
        tasks=tuple(asked.targets),
        low=np.where(bounded, [c.minimum for c in model.coordinates], -np.inf),
        high=np.where(bounded, [c.maximum for c in model.coordinates], np.inf),
        movable=np.array([not c.locked for c in model.coordinates]),
    )


def _join(problems: Sequence[_Problem]) -> _Problem:
    """Put the frames of several recordings one after the other."""
    first, targets = problems[0], zip(*(problem.tasks for problem in problems), strict=True)
    return replace(
        first,
        location=np.concatenate([np.broadcast_to(p.location, (len(p.target), *p.location.shape)) for p in problems]),
        target=np.concatenate([p.target for p in problems]),
        weight=np.concatenate([p.weight for p in problems]),
        tasks=tuple(replace(each[0], value=np.concatenate([t.value for t in each])) for each in targets),
    )


def _coarse_to_fine(problem: _Problem, tolerance: float) -> tuple[Array, Bools]:
    """Solve the first frame from several headings, then ever denser frames from their solved neighbours."""
    n_frames = len(problem.target)
    q = np.zeros((n_frames, problem.model.tree.n_coordinates))
    converged = np.zeros(n_frames, bool)
    q[0], converged[0] = _first_frame(problem.frames(np.array([0])), tolerance)
    done = np.array([0])
    step = 1 << max(n_frames - 1, 1).bit_length()
    while step >= 1:
        fresh = np.setdiff1d(np.arange(0, n_frames, step), done)
        if fresh.size:
            start = interpolate(fresh, done, q[done])
            if step > _NEAR_FRAMES:
                start[:] = q[0]
            q[fresh], converged[fresh] = _minimise(problem.frames(fresh), start, tolerance)
            done = np.union1d(done, fresh)
        step //= 2
    _follow(problem, q, converged, tolerance)
    return q, converged


def _follow(problem: _Problem, q: Array, converged: Bools, tolerance: float) -> None:
    """Solve frames that jump away from the one before again, starting there.

    A jump is another branch of the same pose (angles that differ by whole turns, or an Euler flip), or a poor local
    minimum; either would be a spike in the speeds.
    """
    turns = np.array([c.turns for c in problem.model.coordinates])
    for k in range(1, len(q)):
        if np.abs(q[k] - q[k - 1])[turns].max() < _JUMP_RAD:
            continue
        frame = problem.frames(np.array([k]))
        again, settled = _minimise(frame, q[[k - 1]], tolerance)
        if _evaluate(frame, again).cost[0] <= 1.001 * _evaluate(frame, q[[k]]).cost[0] + 1e-12:
            q[k], converged[k] = again[0], settled[0]


def _first_frame(problem: _Problem, tolerance: float) -> tuple[Array, bool]:
    """Try every quarter turn of the root, so that no heading of the runner is taken for another."""
    model = problem.model
    default = np.clip([c.default for c in model.coordinates], problem.low, problem.high)
    root = int(np.argmax(model.tree.body_joint >= 0))
    moves_root = (model.tree.body_ancestors @ model.tree.drives)[root] > 0
    starts = [default]
    for k in np.flatnonzero(moves_root & [c.turns for c in model.coordinates] & problem.movable):
        for quarter in (0.5 * np.pi, np.pi, -0.5 * np.pi):
            turned = default.copy()
            turned[k] += quarter
            starts.append(turned)
    many = problem.frames(np.zeros(len(starts), int))
    q, converged = _minimise(many, np.array(starts), tolerance)
    best = int(np.argmin(_evaluate(many, q).cost))
    return q[best], bool(converged[best])


@dataclass(frozen=True, kw_only=True)
class _State:
    """Cost (T); of the halved cost Gauss-Newton matrix, the rest of the second derivative (T,n,n), descent (T,n)."""

    cost: Array
    matrix: Array
    rest: Array
    descent: Array

    def of(self, frames: Bools) -> "_State":
        """Give some of the frames."""
        return _State(**{name: value[frames] for name, value in vars(self).items()})

    def or_else(self, chosen: Bools, other: "_State") -> "_State":
        """Give the chosen frames of these, the others of another."""
        own, theirs = vars(self), vars(other)
        return _State(**{k: np.where(chosen.reshape(-1, *[1] * (own[k].ndim - 1)), own[k], theirs[k]) for k in own})


def _evaluate(problem: _Problem, q: Array) -> _State:
    """Cost and its derivatives at q (T,n)."""
    assert problem.masses is not None, "of chosen frames"
    configuration = problem.model.place(q)
    stations = configuration.stations(problem.body, problem.location)
    residual = problem.target - stations
    pull = problem.weight[..., None] * residual
    forces = problem.owner.T @ force_at(stations, pull)
    products = (stations[..., :, None] * pull[..., None, :]).reshape(*pull.shape[:-1], 9)
    pulls = (problem.owner.T @ products).reshape(*forces.shape[:-1], 3, 3)
    descent = configuration.generalised_force(forces)
    matrix = mass_matrix(configuration, body_inertias(configuration, problem.masses))
    cost = (pull * residual).sum((-2, -1))
    for task in problem.tasks:
        off = task.value - q[:, task.index]
        cost = cost + task.weight * off**2
        descent[:, task.index] += task.weight * off
        matrix[:, task.index, task.index] += task.weight
    return _State(cost=cost, matrix=matrix, rest=pulled_matrix(configuration, forces, pulls), descent=descent)


def _as_masses(weight: Array, owner: Array, location: Array) -> MassProperties:
    """Markers as point masses of their weight (T,m), summed up by the bodies that own them (m,b), frame by frame."""
    squares = (location[..., :, None] * location[..., None, :]).reshape(*location.shape[:-1], 9)
    products = np.concatenate([location, squares], axis=-1)
    moments = np.stack([(weight * products[..., k]) @ owner for k in range(12)], axis=-1)
    mass, first = weight @ owner, moments[..., :3]
    second = moments[..., 3:].reshape(*mass.shape, 3, 3)
    centre = np.divide(first, mass[..., None], out=np.zeros_like(first), where=mass[..., None] > 0)
    spread = second - mass[..., None, None] * centre[..., :, None] * centre[..., None, :]
    inertia = np.trace(spread, axis1=-2, axis2=-1)[..., None, None] * np.eye(3) - spread
    return MassProperties(mass_kg=mass, centre_m=centre, inertia_kg_m2=inertia)


def _minimise(problem: _Problem, start: Array, tolerance: float) -> tuple[Array, Bools]:
    """Levenberg-Marquardt of every frame on its own, within bounds, some frames at a time."""
    found = [_minimise_block(problem.frames(rows), start[rows], tolerance) for rows in problem.blocks()]
    q, converged = (np.concatenate(part) for part in zip(*found, strict=True))
    return q, converged


def _minimise_block(problem: _Problem, start: Array, tolerance: float) -> tuple[Array, Bools]:
    """Do so for frames whose arrays fit the processor's cache; finished frames leave the work."""
    q = np.clip(start, problem.low, problem.high)
    q[:, ~problem.movable] = [c.default for c in problem.model.coordinates if c.locked]
    open_frames = np.arange(len(q))
    damping, near = np.full(len(q), 1e-4), np.zeros(len(q), bool)
    state = _evaluate(problem, q)
    for _ in range(_MAX_ITERATIONS):
        step, longest = _step(problem, q[open_frames], state, damping[open_frames], near[open_frames])
        going = longest >= tolerance
        # What the next step would be is known before: such a frame is done with this one.
        last = going & near[open_frames] & (_SQUARED * longest**2 < tolerance)
        done = open_frames[last]
        q[done] = np.clip(q[done] + step[last], problem.low, problem.high)
        going &= ~last
        near[open_frames] = longest < _NEAR
        open_frames, step, state = open_frames[going], step[going], state.of(going)
        if not open_frames.size:
            break
        part = problem.frames(open_frames)
        trial = np.clip(q[open_frames] + step, problem.low, problem.high)
        new = _evaluate(part, trial)
        better = new.cost <= state.cost
        q[open_frames[better]] = trial[better]
        damping[open_frames] *= np.where(better, 0.1, 10.0)
        damping[open_frames] = np.clip(damping[open_frames], 1e-12, 1e12)
        near[open_frames] &= better
        state = new.or_else(better, state)
    return q, ~np.isin(np.arange(len(q)), open_frames)


def _step(problem: _Problem, q: Array, state: _State, damping: Array, near: Bools) -> tuple[Array, Array]:
    """Damped step (T,n) of the coordinates that may move, and by how much (T) it moves one at most, within bounds.

    It is Newton's in frames (T) that are ``near`` their solution, else Gauss and Newton's.
    """
    descent, matrix = state.descent, state.matrix + np.where(near[:, None, None], state.rest, 0.0)
    stuck = ((q <= problem.low) & (descent < 0)) | ((q >= problem.high) & (descent > 0)) | ~problem.movable
    diagonal = np.einsum("tii->ti", state.matrix)
    # A coordinate that no marker sees gets a floor, so that it stays where it is.
    floor = 1e-9 * np.maximum(diagonal.max(axis=1, keepdims=True), 1e-9)
    damped = matrix * ~(stuck[:, :, None] | stuck[:, None, :])
    index = np.arange(q.shape[1])
    damped[:, index, index] += damping[:, None] * diagonal + floor + stuck
    step = np.linalg.solve(damped, np.where(stuck, 0.0, descent)[..., None])[..., 0]
    turns = np.array([c.turns for c in problem.model.coordinates])
    largest = np.abs(np.where(turns, step, 0.0)).max(axis=1, keepdims=True)
    step *= np.minimum(1.0, _LARGEST_TURN / np.maximum(largest, 1e-300))
    reached = np.clip(q + step, problem.low, problem.high) - q
    return step, np.asarray(np.abs(reached).max(axis=1))
