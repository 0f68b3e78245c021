"""What if it had not: the swing leg integrated forward from toe-off without some of the forces.

Every generalised force of the recording is replayed as a function of time except the ablated ones; pelvis and locked
joints move as recorded. All swings of a side and all cases are integrated together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from swinglever.arrays import Array
from swinglever.dynamics import Dynamics, Limb
from swinglever.engines.tree import body_inertias, inverse_dynamics, mass_matrix
from swinglever.parameters import Parameters
from swinglever.results import Ablation, Kinematics

_GRACE = 1.2
"""A knee freed of its muscles folds a little longer; it has its peak by this many times the recorded folding. Later
flexion is the answer to the braking moments of late swing, which a ghost meets in the wrong place."""

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
    for side in {d.events.side for d in dynamics}:
        mine = [d for d in dynamics if d.events.side == side]
        for d, ablations in zip(mine, _one_side(kinematics, mine, cases, parameters), strict=True):
            found[d.events.id] = ablations
    return tuple(found[d.events.id] for d in dynamics)


@dataclass(frozen=True, kw_only=True)
class _Replay:
    """Everything that the integration of B = swings x cases reads, at whole and half steps (2K-1, B, ...)."""

    limb: Limb
    released: tuple[int, ...]
    step_s: Array
    q: Array
    u: Array
    udot: Array
    force: Array
    low: Array
    high: Array


def _one_side(
    kinematics: Kinematics, dynamics: Sequence[Dynamics], cases: Mapping[str, Removal], parameters: Parameters
) -> list[dict[str, Ablation]]:
    replay = _replay(kinematics, dynamics, cases, parameters)
    path, stops = _integrate(replay)
    limb, names = replay.limb, [replay.limb.model.coordinate_names[k] for k in replay.released]
    knee, hip = replay.released.index(limb.leg.knee), replay.released.index(limb.leg.hip_flexion)
    out: list[dict[str, Ablation]] = []
    for i, d in enumerate(dynamics):
        ablations = {}
        for j, case in enumerate(cases):
            b = i * len(cases) + j
            flexion = limb.leg.knee_sign * path[:, b, knee]
            last = int(_GRACE * np.argmax(d.knee_flexion_rad)) + 1
            peak = int(np.argmax(flexion[:last]))
            ablations[case] = Ablation(
                case=case,
                time_s=d.time_s,
                coordinate_names=tuple(names),
                q=path[:, b],
                knee_flexion_rad=flexion,
                hip_flexion_rad=path[:, b, hip],
                peak_flexion_rad=float(flexion[peak]),
                stopped_by=tuple(n for k, n in enumerate(names) if stops[: peak + 1, b, k].any()),
            )
        out.append(ablations)
    return out


def _replay(
    kinematics: Kinematics, dynamics: Sequence[Dynamics], cases: Mapping[str, Removal], parameters: Parameters
) -> _Replay:
    limb = dynamics[0].limb
    leg = limb.leg
    half = np.stack([np.linspace(d.time_s[0], d.time_s[-1], 2 * len(d.time_s) - 1) for d in dynamics], axis=1)
    q, u, udot = (np.repeat(x[..., limb.coordinates], len(cases), axis=1) for x in kinematics.at(half))
    forces = []
    for k, d in enumerate(dynamics):
        whole = d.net_moment + d.external
        kept = np.stack([whole - remove(d) for remove in cases.values()], axis=1)
        forces.append(CubicSpline(d.time_s, kept)(half[:, k]))
    coordinates = [limb.model.coordinates[k] for k in leg.released]
    low, high = np.array([[c.minimum, c.maximum] for c in coordinates]).T
    knee = leg.released.index(leg.knee)
    stop = np.radians(parameters.knee_stop_deg)
    if leg.knee_sign > 0:
        high[knee] = stop
    else:
        low[knee] = -stop
    # A recording that already lies beyond a range must stay reproducible.
    recorded = q[..., list(leg.released)]
    low, high = np.minimum(low, recorded.min((0, 1)) - 1e-3), np.maximum(high, recorded.max((0, 1)) + 1e-3)
    return _Replay(
        limb=limb,
        released=leg.released,
        step_s=np.repeat(2.0 * (half[1] - half[0]), len(cases)),
        q=q,
        u=u,
        udot=udot,
        force=np.concatenate(forces, axis=1)[..., list(leg.released)],
        low=low,
        high=high,
    )


def _integrate(replay: _Replay) -> tuple[Array, Array]:
    """Runge-Kutta of fourth order; a joint at the end of its range is stopped without rebound.

    Returns
    -------
    path, stops
        (K,B,f) coordinates, and where each was stopped (0 or 1).
    """
    free = list(replay.released)
    n_samples = (len(replay.q) + 1) // 2
    path, stops = np.empty((n_samples, *replay.force.shape[1:])), np.zeros((n_samples, *replay.force.shape[1:]))
    q, v = replay.q[0][:, free], replay.u[0][:, free]
    path[0] = q
    h = replay.step_s[:, None]
    for k in range(n_samples - 1):
        a1 = _acceleration(replay, 2 * k, q, v)
        a2 = _acceleration(replay, 2 * k + 1, q + 0.5 * h * v, v + 0.5 * h * a1)
        a3 = _acceleration(replay, 2 * k + 1, q + 0.5 * h * v + 0.25 * h**2 * a1, v + 0.5 * h * a2)
        a4 = _acceleration(replay, 2 * k + 2, q + h * v + 0.5 * h**2 * a2, v + h * a3)
        q = q + h * v + h**2 / 6.0 * (a1 + a2 + a3)
        v = v + h / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
        q, v, stops[k + 1] = _stop(replay, 2 * k + 2, q, v)
        path[k + 1] = q
    return path, stops


def _acceleration(replay: _Replay, sample: int, q_free: Array, u_free: Array) -> Array:
    """Accelerations (B,f) of the released coordinates under the replayed forces."""
    matrix, bias = _equation(replay, sample, q_free, u_free)
    return np.asarray(np.linalg.solve(matrix, (replay.force[sample] - bias)[..., None])[..., 0])


def _equation(replay: _Replay, sample: int, q_free: Array, u_free: Array) -> tuple[Array, Array]:
    """Mass matrix (B,f,f) of the released coordinates, and M_fp udot_p + c_f - g_f (B,f)."""
    free, model = list(replay.released), replay.limb.model
    q, u, udot = replay.q[sample].copy(), replay.u[sample].copy(), replay.udot[sample].copy()
    q[:, free], u[:, free], udot[:, free] = q_free, u_free, 0.0
    placed = model.place(q)
    inertias = body_inertias(placed, model.masses)
    matrix = mass_matrix(placed, inertias)[:, free][:, :, free]
    return matrix, inverse_dynamics(placed, inertias, u, udot, model.gravity)[:, free]


def _stop(replay: _Replay, sample: int, q: Array, v: Array) -> tuple[Array, Array, Array]:
    """Halt coordinates that left their range: an impact without rebound, which jolts the other joints as it must."""
    out = ((q > replay.high) & (v > 0)) | ((q < replay.low) & (v < 0))
    inside = np.clip(q, replay.low, replay.high)
    if not out.any():
        return inside, v, out.astype(float)
    matrix, _ = _equation(replay, sample, inside, v)
    hit = out.any(axis=1)
    held = out[hit]
    # Impulses act at the stopped joints only: solve for them so that these joints' speeds become zero.
    inverse = np.linalg.inv(matrix[hit])
    among = np.where(held[:, :, None] & held[:, None, :], inverse, 0.0) + np.eye(q.shape[1]) * ~held[:, :, None]
    impulse = np.linalg.solve(among, np.where(held, -v[hit], 0.0)[..., None])
    stopped = v.copy()
    stopped[hit] += (inverse @ impulse)[..., 0]
    return inside, stopped, out.astype(float)
