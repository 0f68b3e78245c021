"""What if muscles had been silent: the swing leg integrated forward from toe-off with some activations at zero.

Unlike in `ablation`, what is replayed of the other muscles is their activation, not their force: their lengths, speeds
and moment arms are those of the leg as it then moves, and their active and passive forces answer. A stretched muscle
pulls, a fast one gives way; so the legs stay near what a body would do, where a replayed braking force meets a leg
that is not there. Moments that no muscle delivered, and ground force, are replayed over time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from swinglever.anatomy.fibres.states import FibreStates, Muscles, fibre_states
from swinglever.anatomy.model import Model
from swinglever.anatomy.multibody.tree import Tree
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.anatomy.paths.records import PathSet
from swinglever.arrays import Array, Bools
from swinglever.causes.ghosts import STEPS, Ghosts, by_side, line_up
from swinglever.causes.muscle_sources import Selection, crossing_knee, of_group
from swinglever.dynamics.limb import Dynamics
from swinglever.records.parameters import Parameters
from swinglever.records.results import Ablation, Kinematics, MuscleForces
from swinglever.signals import interpolate

_GAMMA = 1.0 - np.sqrt(0.5)
"""Of the integrator: with it, fast damping dies out (L-stability)."""

_FASTEST_RAD_S = 300.0
"""No joint turns so fast: a leg that does has run away from the integration, and is given up."""

_NUDGE_M_S = 1e-3
"""Change of lengthening speed over which the slope of the force-velocity curve is taken."""


def silent_cases() -> dict[str, Selection]:
    """Give the cases: hamstrings, knee extensors, or every muscle that crosses the knee (the passive fold)."""
    return {
        "silent_hamstrings": of_group("hamstrings"),
        "silent_knee_extensors": of_group("knee_extensors"),
        "silent_knee_crossing_muscles": crossing_knee,
    }


def silence(
    model: Model,
    kinematics: Kinematics,
    dynamics: Sequence[Dynamics],
    forces: Mapping[str, MuscleForces],
    cases: Mapping[str, Selection],
    parameters: Parameters,
    steps: int = STEPS,
) -> tuple[dict[str, Ablation], ...]:
    """Integrate every swing in every case.

    Parameters
    ----------
    model, kinematics
        The moving body.
    dynamics, forces
        The swings, of any sides, and their muscles by the id of the swing.
    cases
        Name of each case, and which muscles are silent in it: their passive fibres still resist.
    parameters
        Where the knee's stop is.
    steps
        Of the integration, from toe-off to foot strike.

    Returns
    -------
    tuple of dict
        For each swing, the ablations by case.

    Notes
    -----
    Tendons are rigid, as in static optimization. Forces from outside are taken as activations as far as a rigid tendon
    lets them be (0 to 1); what is beyond is replayed over time, as reserves are.
    """
    found: dict[str, dict[str, Ablation]] = {}
    for mine in by_side(dynamics):
        ghosts = line_up(kinematics, mine, list(cases), parameters, steps + 1)
        went = _integrate(ghosts, _actors(model, ghosts, forces, cases))
        for d, ablations in zip(mine, ghosts.ablations(*went), strict=True):
            found[d.events.id] = ablations
    return tuple(found[d.events.id] for d in dynamics)


@dataclass(frozen=True, kw_only=True)
class _Actors:
    """The leg's muscles (m), their activations in every ghost (S,B,m), and the moments (S,B,f) that do not answer."""

    tree: Tree
    columns: list[int]
    paths: PathSet
    muscles: Muscles
    bears_passively: Bools
    activation: Array
    rest: Array

    def push(self, sample: int, whole_q: Array, whole_u: Array) -> tuple[Array, Array]:
        """Moments (B,f) of all that acts, and how they fall with the speeds (B,f,f)."""
        paths = evaluate_paths_at(self.paths, self.tree, whole_q)
        speed, activation = paths.lengthening_speed(whole_u), self.activation[sample]
        fibres = fibre_states(self.muscles, paths.length_m, speed)
        faster = fibre_states(self.muscles, paths.length_m, speed + _NUDGE_M_S)
        force = activation * fibres.active_force_n + self.bears_passively * fibres.passive_force_n
        slope = activation * (faster.active_force_n - fibres.active_force_n) / _NUDGE_M_S
        arms = paths.moment_arm_m[:, :, self.columns]
        damping = np.swapaxes(arms, 1, 2) @ (slope[..., None] * arms)
        return (force[:, None, :] @ arms)[:, 0] + self.rest[sample], damping


def _actors(
    model: Model,
    ghosts: Ghosts,
    forces: Mapping[str, MuscleForces],
    cases: Mapping[str, Selection],
) -> _Actors:
    musculature, swings = model.require_muscles(), [forces[d.events.id] for d in ghosts.dynamics]
    names = swings[0].names
    muscles = musculature.muscles.select(np.array([musculature.muscles.names.index(n) for n in names]))
    states = [fibre_states(muscles, f.length_m, f.lengthening_speed_m_s) for f in swings]
    bears = np.any([_bears_passively(f, s) for f, s in zip(swings, states, strict=True)], axis=0)
    activations, rests = [], []
    for d, f, s in zip(ghosts.dynamics, swings, states, strict=True):
        activation = np.clip(np.nan_to_num(f.activation), 0.0, 1.0)
        answers = activation * s.active_force_n + bears * s.passive_force_n
        whole = (d.net_moment + d.external)[:, ghosts.released]
        instants = np.linspace(d.time_s[0], d.time_s[-1], len(ghosts.time_s))
        at = partial(interpolate, instants, d.time_s)
        rests += [at(whole - f.generalised_force(answers).sum(axis=1))] * len(cases)
        for chosen in cases.values():
            left = activation.copy()
            left[:, chosen(d, f)] = 0.0
            activations.append(at(left))
    return _Actors(
        tree=model.tree,
        columns=ghosts.released_in_whole,
        paths=musculature.paths.select(names),
        muscles=muscles,
        bears_passively=bears,
        activation=np.stack(activations, axis=1),
        rest=np.stack(rests, axis=1),
    )


def _bears_passively(forces: MuscleForces, states: FibreStates) -> Bools:
    """Which muscles (m) were let bear passive force: not those whose fibres would have, and did not."""
    left_out = (states.passive_force_n > 0.0).any(axis=0) & ~(forces.passive_force_n > 0.0).any(axis=0)
    return np.asarray(~left_out & forces.passive_included)


def _integrate(ghosts: Ghosts, actors: _Actors) -> tuple[Array, Array, Array]:
    """Rosenbrock's method of second order for how the ghosts part from the recording, implicit in the damping alone.

    A short foot under fast fibres has time constants far below the step: an explicit method would not do, and an
    implicit one loses its order where such a system follows a motion (Prothero & Robinson 1974). The recording solves
    the equation without a silent muscle, so what is integrated is the difference, and nothing has to be followed. The
    order does not depend on what is taken implicitly (ROS2 as a W-method; Verwer et al. 1999, SIAM J. Sci. Comput. 20).

    Returns
    -------
    path, speed, stops
        (S,B,f) coordinates, speeds, and where each was stopped (0 or 1); nan from where a leg was given up.
    """
    recorded_q, recorded_v, recorded_a = ghosts.recorded()
    path, speed, stops = recorded_q.copy(), recorded_v.copy(), np.zeros_like(recorded_q)
    q, v = np.zeros_like(path[0]), np.zeros_like(path[0])
    h = (ghosts.time_s[1] - ghosts.time_s[0])[:, None]
    lost = np.zeros(len(q), dtype=bool)

    def part(sample: int, q: Array, v: Array) -> tuple[Array, Array, Array]:
        """Mass matrix, what drives the ghosts from the recording (B,f), and the damping's matrix."""
        q, v = recorded_q[sample] + q, recorded_v[sample] + v
        matrix, bias = ghosts.equation(sample, q, v)
        push, damping = actors.push(sample, *ghosts.posture(sample, q, v))
        return matrix, push - bias - (matrix @ recorded_a[sample][..., None])[..., 0], damping

    for k in range(len(path) - 1):
        matrix, drive, damping = part(k, q, v)
        system = matrix + _GAMMA * h[..., None] * damping
        first = _solve(system, drive)
        matrix_then, drive_then, _ = part(k + 1, q + h * v, v + h * first)
        second = _solve(system, (matrix @ (_solve(matrix_then, drive_then) - 2.0 * first)[..., None])[..., 0])
        q = q + h * v + 0.5 * h**2 * first
        v = v + 1.5 * h * first + 0.5 * h * second
        lost |= ~(np.abs(v).max(axis=1) < _FASTEST_RAD_S)
        q[lost], v[lost] = 0.0, 0.0
        path[k + 1], speed[k + 1], stops[k + 1] = ghosts.halt(k + 1, recorded_q[k + 1] + q, recorded_v[k + 1] + v)
        q, v = path[k + 1] - recorded_q[k + 1], speed[k + 1] - recorded_v[k + 1]
        path[k + 1, lost] = np.nan
    return path, speed, stops


def _solve(matrix: Array, vector: Array) -> Array:
    return np.asarray(np.linalg.solve(matrix, vector[..., None])[..., 0])
