"""What if it had not: the swing leg integrated forward from toe-off without some of the forces.

Every generalised force of the recording is replayed as a function of time except the ablated ones; pelvis and locked
joints move as recorded. All swings of a leg and all cases are integrated together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.interpolate import CubicSpline

from swinglever.arrays import Array, Bools
from swinglever.causes.ghosts import GhostPaths, Ghosts, Step, integrate, line_up_ghosts
from swinglever.causes.stops import Stops
from swinglever.dynamics.limb import Dynamics
from swinglever.muscles.crossing import crosses
from swinglever.muscles.forces import LegForces
from swinglever.signals import runge_kutta_step

Removed = Mapping[str, Array]
"""Name of each case, and the generalised force (S,K,n) that it takes away."""


def replay(dynamics: Dynamics, removed: Removed, stops: Stops | None = None, *, finer: int = 1) -> GhostPaths:
    """Integrate every swing of a leg in every case.

    Parameters
    ----------
    dynamics
        The swings.
    removed
        What each case takes away.
    stops
        Where joints stop a ghost; the knee alone when not given.
    finer
        Steps of the integration from sample to sample.

    Notes
    -----
    Four times as many steps move a peak by less than 0.01° where the knee meets no stop. It is stopped at the end of
    the step in which it meets one, which costs such cases a degree or so.
    """
    (paths,) = replay_together([dynamics], [removed], None if stops is None else [stops], finer=finer)
    return paths


def replay_together(
    analyses: Sequence[Dynamics],
    removed: Sequence[Removed],
    stops: Sequence[Stops] | None = None,
    *,
    whole: bool = True,
    finer: int = 1,
) -> tuple[GhostPaths, ...]:
    """Do the same for several analyses of one runner's leg, with the same cases, in one integration.

    Without ``whole`` it ends when every peak is known.
    """
    n_steps = finer * (analyses[0].time_s.shape[1] - 1)
    ghosts = line_up_ghosts(analyses, list(removed[0]), 2 * n_steps + 1)
    ghosts = ghosts if stops is None else replace(ghosts, stops=tuple(stops))
    return integrate(ghosts, _replaying(ghosts, removed), 2, whole=whole)


def _replaying(ghosts: Ghosts, removed: Sequence[Removed]) -> Step:
    """Steps of fourth order; in the middle, they look at the recording between the samples."""
    force, step_s = _forces_left(ghosts, removed), ghosts.step_s(2)

    def step(instant: int, q: Array, v: Array) -> tuple[Array, Array]:
        def acceleration(share: float, q: Array, v: Array) -> Array:
            now = instant + round(2 * share)
            matrix, bias = ghosts.equation(now, q, v)
            return np.asarray(np.linalg.solve(matrix, (force[:, now] - bias)[..., None])[..., 0])

        return runge_kutta_step(acceleration, step_s, q, v)

    return step


def _forces_left(ghosts: Ghosts, removed: Sequence[Removed]) -> Array:
    """Generalised forces (S,I,C,f) that are left to each ghost, over the instants of the integration."""
    kept = np.concatenate(
        [
            np.stack([dynamics.net_moment + dynamics.external - taken for taken in cases.values()], axis=2)
            for dynamics, cases in zip(ghosts.analyses, removed, strict=True)
        ]
    )[..., ghosts.limb.released]
    count = kept.shape[1]
    curve = CubicSpline(np.arange(count), kept, axis=1)
    return np.asarray(curve(np.linspace(0.0, count - 1, ghosts.recorded.time_s.shape[1])))


def moment_cases(dynamics: Dynamics) -> dict[str, Array]:
    """Give the cases that net joint moments allow, and the generalised force that each takes away.

    ``no_knee_flexor_moment`` takes away the knee's net moment only while it flexes: what all flexors together,
    hamstrings among them, did beyond their antagonists. ``ballistic`` leaves no moment at any joint of the leg.
    """
    leg = dynamics.limb.leg
    knee = dynamics.net_moment[..., [leg.knee]]
    flexing = np.zeros_like(dynamics.net_moment)
    flexing[..., [leg.knee]] = leg.knee_sign * np.maximum(leg.knee_sign * knee, 0.0)
    return {
        "none": np.zeros_like(dynamics.net_moment),
        "no_knee_flexor_moment": flexing,
        "no_knee_muscles": _moments_at(dynamics, (leg.knee,)),
        "no_hip_muscles": _moments_at(dynamics, leg.hip),
        "ballistic": _moments_at(dynamics, leg.released),
    }


def _moments_at(dynamics: Dynamics, coordinates: tuple[int, ...]) -> Array:
    taken, columns = np.zeros_like(dynamics.net_moment), list(coordinates)
    taken[..., columns] = dynamics.net_moment[..., columns]
    return taken


def muscle_cases(forces: LegForces) -> dict[str, Array]:
    """Give the cases that muscle forces allow: one without each of some groups of muscles.

    Notes
    -----
    A muscle that is taken away takes its passive force along. ``no_knee_crossing_muscles`` takes away every muscle that
    crosses the knee, at the hip too; the reserve of the knee stays.
    """
    chosen = {
        "no_hamstrings": in_group(forces, "hamstrings"),
        "no_knee_extensors": in_group(forces, "knee_extensors"),
        "no_hip_flexors": in_group(forces, "hip_flexors"),
        "no_knee_crossing_muscles": crossing_knee(forces),
    }
    dynamics, legs = forces.legs.dynamics, forces.legs
    return {case: dynamics.at_released(legs.moments(forces.force_n * some)) for case, some in chosen.items()}


def in_group(forces: LegForces, group: str) -> Bools:
    """Tell which muscles (m) are of a group."""
    return np.isin(np.arange(len(forces.legs.names)), forces.legs.in_group(group))


def crossing_knee(forces: LegForces) -> Bools:
    """Tell which muscles (m) cross the knee."""
    limb = forces.legs.dynamics.limb
    return crosses(forces.legs.moment_arm_m[..., limb.released.index(limb.leg.knee)])
