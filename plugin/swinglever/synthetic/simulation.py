"""Swings of our own model whose cause is known: integrated forward from toe-off under activations of our choice.

Pelvis, trunk and the other leg move as the mean runner's do. The swing leg's hip and ankle muscles drive the thigh and
hold the foot as the mean runner does; what folds the knee is what the cause says. Once the knee has folded, all muscles
brake it for landing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import make_interp_spline
from scipy.optimize import lsq_linear

from swinglever.anatomy.fibres.states import Muscles, fibre_states
from swinglever.anatomy.limb import Limb, take_limb
from swinglever.anatomy.model import Model
from swinglever.anatomy.multibody.tree import body_inertias, inverse_dynamics, mass_matrix
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.anatomy.paths.records import PathSet
from swinglever.arrays import Array, Bools, freeze_fields
from swinglever.errors import UnknownNameError
from swinglever.muscles.legs import leg_musculature, spanned_coordinates
from swinglever.signals import runge_kutta_step
from swinglever.synthetic.norms import MeanRunner, mean_runner
from swinglever.synthetic.tables import read_table

STEP_S = 0.002
_TRACKING_HZ = 5.0
"""Bandwidth with which hip and ankle are led along the mean runner's angles; critically damped."""

_SHORTEST_FOLD_S = 0.08
"""The knee's own wobble at toe-off is not the end of its fold."""

_LAST_S = 0.04
"""Shortest horizon over which the knee is led to its landing."""

_EFFORT = 0.02
"""Weight of an activation against an error of one N·m, or of one rad/s² times the weight below."""

_ACCELERATION_WEIGHT = 1.0 / 30.0


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What is imposed while the knee folds: a smooth burst to each muscle's own activation (muscles without side).

    ``start`` and ``end`` are shares of the swing; every muscle that crosses the knee and is not named is silent.
    """

    name: str
    activation: Mapping[str, float]
    start: float
    end: float

    def burst(self, share: float) -> float:
        """Height of the burst, 0 to 1, at this share of the swing: a sine squared, zero outside."""
        inside = np.clip((share - self.start) / (self.end - self.start), 0.0, 1.0)
        return float(np.sin(np.pi * inside) ** 2)


@dataclass(frozen=True, kw_only=True)
class SimulatedSwing:
    """A swing and why it went so.

    Parameters
    ----------
    cause, speed_m_s
        What was imposed, on the mean runner at which speed.
    time_s
        (K) from toe-off to foot strike, evenly.
    coordinate_names, q, u, udot
        (f) coordinates that were integrated and their motion (K,f), rad.
    muscle_names, activation, active_force_n, passive_force_n
        (m) muscles of the leg; (K,m) activation, and forces along the tendon, N.
    moment_arm_m
        (K,m,f) of every muscle about the integrated coordinates, the model's signs.
    """

    cause: Cause
    speed_m_s: float
    time_s: Array
    coordinate_names: tuple[str, ...]
    q: Array
    u: Array
    udot: Array
    muscle_names: tuple[str, ...]
    activation: Array
    active_force_n: Array
    passive_force_n: Array
    moment_arm_m: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "time_s", "q", "u", "udot")
        freeze_fields(self, "activation", "active_force_n", "passive_force_n", "moment_arm_m")

    @property
    def knee_flexion_rad(self) -> Array:
        """Knee angle (K), flexion positive."""
        return self.q[:, [n.startswith("knee_angle") for n in self.coordinate_names].index(True)]


@dataclass(frozen=True, kw_only=True)
class _Leg:
    """The right swing leg of the mean runner, and what acts on it."""

    model: Model
    limb: Limb
    paths: PathSet
    muscles: Muscles
    crosses_knee: Bools
    runner: MeanRunner

    @property
    def knee(self) -> int:
        return self.limb.released.index(self.limb.leg.knee)


@dataclass(frozen=True, kw_only=True)
class _Instant:
    """Equation of motion of the released coordinates at one instant: M udot = Rᵀ(a·active + passive) − bias."""

    matrix: Array
    bias: Array
    arms: Array
    active_n: Array
    passive_n: Array

    def acceleration(self, activation: Array) -> Array:
        return self.acceleration_under(self.arms.T @ (activation * self.active_n + self.passive_n))

    def acceleration_under(self, moment_nm: Array) -> Array:
        return np.asarray(np.linalg.solve(self.matrix, moment_nm - self.bias))


def read_cause(name: str) -> Cause:
    """Read one of the causes of ``runner_causes.toml``.

    Raises
    ------
    UnknownNameError
        Saying which causes there are.
    """
    table = read_table("runner_causes.toml")["cause"]
    if name not in table:
        raise UnknownNameError(f"there is no cause {name!r}; there are {list(table)}")
    entry = table[name]
    return Cause(
        name=name,
        activation=dict(entry["activation"]),
        start=float(entry["start"]),
        end=float(entry["end"]),
    )


def simulate_swing(
    model: Model, cause: Cause, speed_m_s: float, *, replay: Array | None = None, silent: tuple[str, ...] = ()
) -> SimulatedSwing:
    """Integrate the right leg's swing from toe-off to foot strike.

    Parameters
    ----------
    model
        Our own model, loaded.
    cause
        What is imposed while the knee folds.
    speed_m_s
        Which mean runner.
    replay
        (K,m) activations to replay instead of leading hip and ankle: the leg goes where they take it.
    silent
        Muscles, without side, whose activation is taken out of the replay.
    """
    leg = _take_leg(model, speed_m_s)
    start, end = leg.runner.toe_off_s("r"), leg.runner.stride_time_s
    n_steps = int(np.ceil((end - start) / STEP_S))
    time_s = np.linspace(start, end, n_steps + 1)
    muted = _heights(leg, dict.fromkeys(silent, 1.0)) > 0.0
    q, u = (leg.runner.coordinates(leg.limb.released_names, time_s[0], order) for order in (0, 1))
    folded, rows = False, []
    for k, t in enumerate(time_s):
        now = _instant(leg, t, q, u)
        folded = folded or bool(u[leg.knee] < 0.0 and t - start > _SHORTEST_FOLD_S)
        given = None if replay is None else np.where(muted, 0.0, replay[k])
        activation = _activate(leg, now, cause, t, q, u, folded) if given is None else given
        forces = (now.active_n * activation, now.passive_n, now.arms)
        rows.append((q, u, now.acceleration(activation), activation, *forces))
        if k < n_steps:
            q, u = _step(leg, activation, (float(t), float(time_s[k + 1])), q, u)
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return SimulatedSwing(
        cause=cause,
        speed_m_s=speed_m_s,
        time_s=time_s,
        coordinate_names=leg.limb.released_names,
        q=columns[0],
        u=columns[1],
        udot=columns[2],
        muscle_names=leg.muscles.names,
        activation=columns[3],
        active_force_n=columns[4],
        passive_force_n=columns[5],
        moment_arm_m=columns[6],
    )


def replay_moments(model: Model, swing: SimulatedSwing, silent: tuple[str, ...]) -> Array:
    """Knee flexion (K) of the same leg when its joint moments are replayed over time without those of some muscles.

    Parameters
    ----------
    model, swing
        The swing as it was simulated.
    silent
        Muscles, without side, whose active force is taken out.

    Notes
    -----
    Unlike in a replay of activations, nothing that is left answers to the new motion, passive stretch for one.
    """
    leg = _take_leg(model, swing.speed_m_s)
    kept = np.where(_heights(leg, dict.fromkeys(silent, 1.0)) > 0.0, 0.0, swing.active_force_n) + swing.passive_force_n
    moments = make_interp_spline(swing.time_s, np.einsum("km,kmf->kf", kept, swing.moment_arm_m), k=1)
    q, u, knee = swing.q[0], swing.u[0], [swing.q[0][leg.knee]]
    for begin_s, step_s in zip(swing.time_s[:-1], np.diff(swing.time_s), strict=True):

        def rate(share: float, q: Array, u: Array, begin_s: float = begin_s, step_s: float = step_s) -> Array:
            now_s = min(begin_s + share * step_s, swing.time_s[-1])
            return _instant(leg, now_s, q, u).acceleration_under(moments(now_s))

        q, u = runge_kutta_step(rate, step_s, q, u)
        knee.append(q[leg.knee])
    return np.array(knee)


def _take_leg(model: Model, speed_m_s: float) -> _Leg:
    limb = take_limb(model, "r")
    musculature = leg_musculature(model, limb)
    spans = spanned_coordinates(model, musculature.paths)
    return _Leg(
        model=model,
        limb=limb,
        paths=musculature.paths,
        muscles=musculature.muscles,
        crosses_knee=spans[:, limb.coordinates[limb.leg.knee]],
        runner=mean_runner(speed_m_s),
    )


def _heights(leg: _Leg, heights: Mapping[str, float]) -> Array:
    """A number (m) for every muscle of the leg, zero where none is given."""
    known = [n.removesuffix("_r") for n in leg.muscles.names]
    for name in heights:
        if name not in known:
            raise UnknownNameError(f"the leg has no muscle {name!r}; it has {known}")
    return np.array([float(heights.get(name, 0.0)) for name in known])


def _instant(leg: _Leg, time_s: float, q: Array, u: Array) -> _Instant:
    names, free = leg.limb.model.coordinate_names, leg.limb.released
    limb_q, limb_u, limb_udot = (leg.runner.coordinates(names, np.array([time_s]), order) for order in range(3))
    limb_q[0, free], limb_u[0, free], limb_udot[0, free] = q, u, 0.0
    placed = leg.limb.model.place(limb_q)
    inertias = body_inertias(placed, leg.limb.model.masses)
    bias = inverse_dynamics(placed, inertias, limb_u, limb_udot, leg.limb.model.gravity)
    whole = np.zeros((2, len(leg.model.coordinate_names)))
    whole[:, leg.limb.coordinates] = np.concatenate([limb_q, limb_u])
    paths = evaluate_paths_at(leg.paths, leg.model.tree, whole[:1])
    fibres = fibre_states(leg.muscles, paths.length_m, paths.lengthening_speed(whole[1:]))
    return _Instant(
        matrix=mass_matrix(placed, inertias)[0][np.ix_(free, free)],
        bias=bias[0, free],
        arms=paths.moment_arm_m[0][:, leg.limb.coordinates[free]],
        active_n=fibres.active_force_n[0],
        passive_n=fibres.passive_force_n[0],
    )


def _step(leg: _Leg, activation: Array, span_s: tuple[float, float], q: Array, u: Array) -> tuple[Array, Array]:
    """One step under activations that do not change."""
    begin_s, step_s = span_s[0], span_s[1] - span_s[0]

    def rate(share: float, q: Array, u: Array) -> Array:
        return _instant(leg, begin_s + share * step_s, q, u).acceleration(activation)

    return runge_kutta_step(rate, step_s, q, u)


def _activate(leg: _Leg, now: _Instant, cause: Cause, time_s: float, q: Array, u: Array, folded: bool) -> Array:
    """Activations of this instant: the least effort that leads what is to be led, beside what is imposed."""
    start, end = leg.runner.toe_off_s("r"), leg.runner.stride_time_s
    wanted = _wanted(leg, time_s, q, u)
    if folded:
        wanted[leg.knee] = _landing(leg, end - time_s, q[leg.knee], u[leg.knee])
        pull = (now.arms * now.active_n[:, None]).T
        need = now.matrix @ wanted + now.bias - now.arms.T @ now.passive_n
        return _least_effort(pull, need)
    imposed = cause.burst((time_s - start) / (end - start)) * _heights(leg, cause.activation)
    led = np.arange(len(q)) != leg.knee
    pull = np.linalg.solve(now.matrix, (now.arms * now.active_n[:, None]).T)[led] * _ACCELERATION_WEIGHT
    need = (wanted - now.acceleration(imposed))[led] * _ACCELERATION_WEIGHT
    free = ~leg.crosses_knee
    activation = imposed.copy()
    activation[free] += _least_effort(pull[:, free], need)
    return activation


def _wanted(leg: _Leg, time_s: float, q: Array, u: Array) -> Array:
    """Accelerations that lead the leg along the mean runner's angles."""
    reference = [leg.runner.coordinates(leg.limb.released_names, np.array(time_s), order) for order in range(3)]
    rate = 2.0 * np.pi * _TRACKING_HZ
    return reference[2] + rate**2 * (reference[0] - q) + 2.0 * rate * (reference[1] - u)


def _landing(leg: _Leg, left_s: float, q: float, u: float) -> float:
    """Acceleration that begins the cubic from here to the mean runner's knee at foot strike."""
    end = np.array(leg.runner.stride_time_s)
    name, left = leg.limb.released_names[leg.knee], max(left_s, _LAST_S)
    to, speed = (float(leg.runner.coordinate(name, end, order)) for order in range(2))
    return 6.0 * (to - q) / left**2 - (4.0 * u + 2.0 * speed) / left


def _least_effort(pull: Array, need: Array) -> Array:
    """Activations in 0 to 1 that come nearest to the need, with the least sum of squares."""
    n_muscles = pull.shape[1]
    system = np.vstack([pull, _EFFORT * np.eye(n_muscles)])
    return np.asarray(lsq_linear(system, np.concatenate([need, np.zeros(n_muscles)]), bounds=(0.0, 1.0)).x)
