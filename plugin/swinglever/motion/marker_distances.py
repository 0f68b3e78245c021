"""How far measured markers lie from the model's at given coordinates, and how that changes with them.

Markers taken as point masses of their weight make the Gauss-Newton matrix of the weighted squared distances the mass
matrix of the tree, and the weighted residuals, taken as forces on the bodies, its gradient; so the same code serves
dynamics and kinematics. The geometric stiffness of those forces is the rest of the second derivative.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.anatomy.multibody.equation import body_inertias, mass_matrix, pulled_matrix
from swinglever.anatomy.multibody.spatial import force_at
from swinglever.anatomy.multibody.tree import MassProperties
from swinglever.arrays import Array, Bools, Ints

_AT_ONCE = 256
"""Frames that are worked on together: as many as a processor's cache holds; more take longer each."""


@dataclass(frozen=True, kw_only=True)
class CoordinateTarget:
    """A coordinate task: pull coordinate ``index`` towards ``value`` (T) with ``weight``."""

    index: int
    weight: float
    value: Array


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
class MarkerProblem:
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

    def frames(self, chosen: Ints) -> "MarkerProblem":
        """Give some of the frames."""
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


def problem_of(asked: MarkersToFit) -> MarkerProblem:
    """Lay out as arrays what inverse kinematics is asked."""
    model, names, position_m = asked.model, asked.names, asked.position_m
    sites = {site.name: site for site in model.markers}
    seen = np.isfinite(position_m).all(axis=-1)
    bounded = np.array([c.bounded for c in model.coordinates])
    body = np.array([sites[name].body for name in names])
    location = np.array([sites[name].location_m for name in names])
    weight = np.where(seen, np.asarray(asked.weights, float), 0.0)
    owner = (body[:, None] == np.arange(len(model.body_names))).astype(float)
    return MarkerProblem(
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


def join_problems(problems: Sequence[MarkerProblem]) -> MarkerProblem:
    """Put the frames of several recordings one after the other."""
    first, targets = problems[0], zip(*(problem.tasks for problem in problems), strict=True)
    return replace(
        first,
        location=np.concatenate([np.broadcast_to(p.location, (len(p.target), *p.location.shape)) for p in problems]),
        target=np.concatenate([p.target for p in problems]),
        weight=np.concatenate([p.weight for p in problems]),
        tasks=tuple(replace(each[0], value=np.concatenate([t.value for t in each])) for each in targets),
    )


def residuals(problem: MarkerProblem, q: Array) -> Array:
    """Vector (T,m,3) from each marker's site on the model to where it was measured."""
    found = np.empty(problem.target.shape)
    for rows in problem.blocks():
        some = problem.frames(rows)
        found[rows] = some.target - some.model.place(q[rows]).stations(some.body, some.location)
    return found


def costs(problem: MarkerProblem, q: Array, residual: Array) -> Array:
    """Cost (T) of every frame."""
    cost = np.asarray((problem.weight[..., None] * residual**2).sum((-2, -1)))
    for task in problem.tasks:
        cost = cost + task.weight * (task.value - q[:, task.index]) ** 2
    return cost


def marker_error(asked: MarkersToFit, q: Array) -> Array:
    """Distance (T,m) in m of measured positions from the model's markers at q (T,n); nan where missing or unused."""
    problem = problem_of(asked)
    return np.where(problem.weight > 0, np.linalg.norm(residuals(problem, q), axis=-1), np.nan)


def marker_cost(asked: MarkersToFit, q: Array) -> Array:
    """Weighted squared error (T) that inverse kinematics minimises, at any q (T,n)."""
    problem = problem_of(asked)
    return costs(problem, q, residuals(problem, q))


@dataclass(frozen=True, kw_only=True)
class LocalCost:
    """Cost (T); of the halved cost Gauss-Newton matrix, the rest of the second derivative (T,n,n), descent (T,n)."""

    cost: Array
    matrix: Array
    rest: Array
    descent: Array

    def of(self, frames: Bools) -> "LocalCost":
        """Give some of the frames."""
        return LocalCost(**{name: value[frames] for name, value in vars(self).items()})

    def or_else(self, chosen: Bools, other: "LocalCost") -> "LocalCost":
        """Give the chosen frames of these, the others of another."""
        own, theirs = vars(self), vars(other)
        return LocalCost(**{k: np.where(chosen.reshape(-1, *[1] * (own[k].ndim - 1)), own[k], theirs[k]) for k in own})


def evaluate(problem: MarkerProblem, q: Array) -> LocalCost:
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
    return LocalCost(cost=cost, matrix=matrix, rest=pulled_matrix(configuration, forces, pulls), descent=descent)


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
