"""What if muscles had been silent: the swing leg integrated forward from toe-off with some activations at zero.

Unlike in `replay`, what is replayed of the other muscles is their activation, not their force: their lengths, speeds
and moment arms are those of the leg as it then moves, and their active and passive forces answer. A stretched muscle
pulls, a fast one gives way; so the legs stay near what a body would do, where a replayed braking force meets a leg
that is not there. Moments that no muscle delivered, and ground force, are replayed over time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.interpolate import make_interp_spline

from swinglever.anatomy.fibres.states import fibre_states, force_over_speed
from swinglever.anatomy.groups import base_name
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.anatomy.paths.records import PathSet
from swinglever.arrays import Array, Bools
from swinglever.causes.ghosts import GhostPaths, Ghosts, Step, integrate, line_up_ghosts
from swinglever.causes.replay import crossing_knee, in_group
from swinglever.muscles.forces import LegForces
from swinglever.muscles.legs import LegMuscles

STEPS = 50
"""Steps from toe-off to foot strike where muscles answer, 8 ms or so: four times as many move no peak by 0.2°."""

_GAMMA = 1.0 - np.sqrt(0.5)
"""Of the integrator: with it, fast damping dies out (L-stability)."""

_NUDGE_M_S = 1e-3
"""Change of lengthening speed over which the slope of the force-velocity curve is taken: a ten-thousandth of a fibre's
fastest, some 10 optimal lengths of 0.1 m a second."""


def silent_cases(forces: LegForces) -> dict[str, Bools]:
    """Give the cases and their silent muscles (m): hamstrings, knee extensors, or all that cross the knee; plugins'."""
    offered = forces.legs.dynamics.swings.inputs.silent_cases.items()
    ours = {
        "silent_hamstrings": in_group(forces, "hamstrings"),
        "silent_knee_extensors": in_group(forces, "knee_extensors"),
        "silent_knee_crossing_muscles": crossing_knee(forces),
    }
    names = [base_name(name) for name in forces.legs.names]
    return ours | {case: np.array([name in muscles for name in names]) for case, muscles in offered}


def silence(forces: LegForces, cases: Mapping[str, Bools], steps: int = STEPS) -> GhostPaths:
    """Integrate every swing of a leg in every case.

    Parameters
    ----------
    forces
        The swings, and what their muscles did.
    cases
        Name of each case, and which muscles (m) are silent in it: their passive fibres still resist.
    steps
        Of the integration, from toe-off to foot strike.

    Notes
    -----
    Tendons are rigid, as in static optimization. Forces from outside are taken as activations as far as a rigid tendon
    lets them be (0 to 1); what is beyond is replayed over time, as reserves are.
    """
    (paths,) = silence_together([forces], [cases], steps)
    return paths


def silence_together(
    analyses: Sequence[LegForces], cases: Sequence[Mapping[str, Bools]], steps: int = STEPS, *, whole: bool = True
) -> tuple[GhostPaths, ...]:
    """Do the same for several analyses of one runner's leg, with the same cases, in one integration.

    Strength and leverage of the muscles may differ between them, their paths and curves not. Without ``whole`` it ends
    when every peak is known.
    """
    ghosts = line_up_ghosts([forces.legs.dynamics for forces in analyses], list(cases[0]), steps + 1)
    answering = [_muscles_that_answer(f, c, steps + 1) for f, c in zip(analyses, cases, strict=True)]
    return integrate(ghosts, _answering(ghosts, _join(answering)), 1, whole=whole)


@dataclass(frozen=True, kw_only=True)
class _Answering:
    """The muscles (m) of one analysis or of several.

    Which bear passive force (S,1,m), their strength as a share of the model's (S,1,m), their leverage (S,1,m,N) or
    None, their activations in every ghost (I,S,C,m), and the moments (I,S,1,f) that do not answer.
    """

    legs: LegMuscles
    bears_passively: Array
    strength: Array
    leverage: Array | None
    activation: Array
    rest: Array

    def push(self, instant: int, whole_q: Array, whole_u: Array) -> tuple[Array, Array]:
        """Moments (S,C,f) of all that acts, and how they fall with the speeds (S,C,f,f)."""
        musculature, swings = self.legs.musculature, self.legs.dynamics.swings
        frames, n_coordinates = whole_q.shape[:-1], whole_q.shape[-1]
        paths = evaluate_paths_at(self.paths, swings.inputs.model.tree, whole_q.reshape(-1, n_coordinates))
        length = paths.length_m.reshape(*frames, -1)
        arms = paths.moment_arm_m.reshape(*length.shape, n_coordinates)
        if self.leverage is not None:
            arms = arms * self.leverage
        speed = -(arms @ whole_u[..., None])[..., 0]
        fibres = fibre_states(musculature.muscles, length, speed)
        activation = self.activation[instant] * self.strength
        force = activation * fibres.active_force_n + self.bears_passively * self.strength * fibres.passive_force_n
        slope = activation * force_over_speed(musculature.muscles, fibres, speed, _NUDGE_M_S)
        arms = arms[..., swings.limb.released_in_whole]
        damping = np.swapaxes(arms, -1, -2) @ (slope[..., None] * arms)
        return (force[..., None, :] @ arms)[..., 0, :] + self.rest[instant], damping

    @cached_property
    def paths(self) -> PathSet:
        """Paths without leverage."""
        return replace(self.legs.musculature.paths, leverage=None)


def _muscles_that_answer(forces: LegForces, cases: Mapping[str, Bools], n_instants: int) -> _Answering:
    legs, dynamics = forces.legs, forces.legs.dynamics
    bears, leverage, count = _bears_passively(forces), legs.musculature.paths.leverage, len(dynamics.q)
    activation = np.clip(np.nan_to_num(forces.activation), 0.0, 1.0)
    answers = activation * legs.fibres.active_force_n + bears * legs.fibres.passive_force_n
    whole = dynamics.released_moment + dynamics.external[..., dynamics.limb.released]
    left = np.stack([activation * ~silent for silent in cases.values()], axis=2)
    return _Answering(
        legs=legs,
        bears_passively=np.broadcast_to(bears, (count, 1, len(bears))),
        strength=np.ones((count, 1, len(bears))),
        leverage=None if leverage is None else np.broadcast_to(leverage, (count, 1, *leverage.shape)),
        activation=_at_instants(n_instants, left),
        rest=_at_instants(n_instants, (whole - legs.moments(answers))[:, :, None]),
    )


def _join(parts: Sequence[_Answering]) -> _Answering:
    """Put the muscles of several analyses side by side; strengths are told in shares of the first's."""
    if len(parts) == 1:
        return parts[0]
    own = [part.legs.musculature.muscles.parameters.max_isometric_force_n for part in parts]
    leverages = [part.leverage for part in parts if part.leverage is not None]
    return replace(
        parts[0],
        bears_passively=np.concatenate([part.bears_passively for part in parts]),
        strength=np.concatenate([part.strength * (n / own[0]) for part, n in zip(parts, own, strict=True)]),
        leverage=np.concatenate(leverages) if leverages else None,
        activation=np.concatenate([part.activation for part in parts], axis=1),
        rest=np.concatenate([part.rest for part in parts], axis=1),
    )


def _at_instants(n_instants: int, values: Array) -> Array:
    """Values (I,S, ...) at the integration's instants, straight between the samples (S,K, ...)."""
    samples = np.linspace(0.0, values.shape[1] - 1, n_instants)
    line = make_interp_spline(np.arange(values.shape[1]), np.moveaxis(values, 1, 0), k=1)
    return np.asarray(line(samples))


def _bears_passively(forces: LegForces) -> Array:
    """Share of its passive force that each muscle (m) was let bear: none where fibres would have, and did not."""
    would = (forces.legs.fibres.passive_force_n > 0.0).any(axis=1)
    did = (forces.passive_force_n > 0.0).any(axis=1)
    return np.asarray(((~would | did).any(axis=0) & forces.passive_included) * forces.legs.passive_share)


def _answering(ghosts: Ghosts, muscles: _Answering) -> Step:
    """Steps by Rosenbrock's method of second order for how the ghosts part from the recording, implicit in the damping.

    A short foot under fast fibres has time constants far below the step: an explicit method would not do, and an
    implicit one loses its order where such a system follows a motion (Prothero & Robinson 1974). The recording solves
    the equation without a silent muscle, so what is integrated is the difference, and nothing has to be followed. The
    order does not depend on what is taken implicitly (ROS2 as a W-method; Verwer et al. 1999, SIAM J. Sci. Comput. 20).
    """
    step_s = ghosts.step_s(1)

    def part(instant: int, q: Array, v: Array) -> tuple[Array, Array, Array]:
        """Mass matrix, what drives the ghosts from the recording (S,C,f), and the damping's matrix."""
        recorded_q, recorded_v, recorded_a = ghosts.released(instant)
        q, v = recorded_q + q, recorded_v + v
        matrix, bias = ghosts.equation(instant, q, v)
        push, damping = muscles.push(instant, *ghosts.posture(instant, q, v))
        return matrix, push - bias - (matrix @ recorded_a[..., None])[..., 0], damping

    def step(instant: int, q: Array, v: Array) -> tuple[Array, Array]:
        recorded_q, recorded_v, _ = ghosts.released(instant)
        h, q, v = step_s, q - recorded_q, v - recorded_v
        matrix, drive, damping = part(instant, q, v)
        system = matrix + _GAMMA * h[..., None] * damping
        first = _solve(system, drive)
        matrix_then, drive_then, _ = part(instant + 1, q + h * v, v + h * first)
        second = _solve(system, (matrix @ (_solve(matrix_then, drive_then) - 2.0 * first)[..., None])[..., 0])
        then_q, then_v, _ = ghosts.released(instant + 1)
        return then_q + q + h * v + 0.5 * h**2 * first, then_v + v + 1.5 * h * first + 0.5 * h * second

    return step


def _solve(matrix: Array, vector: Array) -> Array:
    return np.asarray(np.linalg.solve(matrix, vector[..., None])[..., 0])
