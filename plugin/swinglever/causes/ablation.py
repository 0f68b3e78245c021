"""What if it had not: the swing leg integrated forward from toe-off without some of the forces.

Every generalised force of the recording is replayed as a function of time except the ablated ones; pelvis and locked
joints move as recorded. All swings of a side and all cases are integrated together.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy.interpolate import CubicSpline

from swinglever.arrays import Array
from swinglever.causes.ghosts import Ghosts, by_side, line_up
from swinglever.dynamics.limb import Dynamics
from swinglever.records.parameters import Parameters
from swinglever.records.results import Ablation, Kinematics

Removal = Callable[[Dynamics], Array]
"""Gives the generalised force (K,n) that a case takes away from a swing."""


def moment_cases() -> dict[str, Removal]:
    """Give the cases that net joint moments allow.

    ``no_knee_flexor_moment`` takes away the knee's net moment only while it flexes: what all flexors together,
    hamstrings among them, did beyond their antagonists. ``ballistic`` leaves no moment at any joint of the leg.
    """
    return {
        "none": lambda d: np.zeros_like(d.net_moment),
        "no_knee_flexor_moment": _knee_flexor,
        "no_knee_muscles": _at(lambda d: (d.limb.leg.knee,)),
        "no_hip_muscles": _at(lambda d: d.limb.leg.hip),
        "ballistic": _at(lambda d: d.limb.leg.released),
    }


def _at(chosen: Callable[[Dynamics], Sequence[int]]) -> Removal:
    def remove(dynamics: Dynamics) -> Array:
        taken = np.zeros_like(dynamics.net_moment)
        columns = list(chosen(dynamics))
        taken[:, columns] = dynamics.net_moment[:, columns]
        return taken

    return remove


def _knee_flexor(dynamics: Dynamics) -> Array:
    taken = np.zeros_like(dynamics.net_moment)
    knee, sign = dynamics.limb.leg.knee, dynamics.limb.leg.knee_sign
    taken[:, knee] = sign * np.maximum(sign * dynamics.net_moment[:, knee], 0.0)
    return taken


def ablate(
    kinematics: Kinematics,
    dynamics: Sequence[Dynamics],
    cases: Mapping[str, Removal],
    parameters: Parameters,
) -> tuple[dict[str, Ablation], ...]:
    """Integrate every swing in every case.

    Parameters
    ----------
    kinematics
        The recording, for what stays prescribed.
    dynamics
        The swings, of any sides.
    cases
        Name of each case, and what it removes.
    parameters
        Where the knee's stop is.

    Returns
    -------
    tuple of dict
        For each swing, the ablations by case.
    """
    found: dict[str, dict[str, Ablation]] = {}
    for mine in by_side(dynamics):
        ghosts = line_up(kinematics, mine, list(cases), parameters, 2 * len(mine[0].time_s) - 1)
        went = _integrate(ghosts, _replayed(ghosts, cases))
        for d, ablations in zip(mine, ghosts.ablations(*went), strict=True):
            found[d.events.id] = ablations
    return tuple(found[d.events.id] for d in dynamics)


def _replayed(ghosts: Ghosts, cases: Mapping[str, Removal]) -> Array:
    """Generalised forces (S,B,f) that are left to each ghost, over time."""
    forces, n_cases = [], len(cases)
    for i, d in enumerate(ghosts.dynamics):
        whole = d.net_moment + d.external
        kept = np.stack([whole - remove(d) for remove in cases.values()], axis=1)
        forces.append(CubicSpline(d.time_s, kept[..., ghosts.released])(ghosts.time_s[:, i * n_cases]))
    return np.concatenate(forces, axis=1)


def _integrate(ghosts: Ghosts, force: Array) -> tuple[Array, Array, Array]:
    """Runge-Kutta of fourth order; a step spans two instants.

    Returns
    -------
    path, speed, stops
        (J,B,f) coordinates, speeds, and where each was stopped (0 or 1), at every other instant.
    """

    def acceleration(sample: int, q: Array, v: Array) -> Array:
        matrix, bias = ghosts.equation(sample, q, v)
        return np.asarray(np.linalg.solve(matrix, (force[sample] - bias)[..., None])[..., 0])

    path, speed = (x[::2].copy() for x in ghosts.recorded()[:2])
    stops = np.zeros_like(path)
    q, v = path[0], speed[0]
    h = (ghosts.time_s[2] - ghosts.time_s[0])[:, None]
    for k in range(len(path) - 1):
        a1 = acceleration(2 * k, q, v)
        a2 = acceleration(2 * k + 1, q + 0.5 * h * v, v + 0.5 * h * a1)
        a3 = acceleration(2 * k + 1, q + 0.5 * h * v + 0.25 * h**2 * a1, v + 0.5 * h * a2)
        a4 = acceleration(2 * k + 2, q + h * v + 0.5 * h**2 * a2, v + h * a3)
        q = q + h * v + h**2 / 6.0 * (a1 + a2 + a3)
        v = v + h / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
        q, v, stops[k + 1] = ghosts.halt(2 * k + 2, q, v)
        path[k + 1], speed[k + 1] = q, v
    return path, speed, stops
