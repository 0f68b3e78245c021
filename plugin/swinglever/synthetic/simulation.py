"""Swings of our own model whose cause is known: integrated forward from toe-off under activations of our choice.

Pelvis, trunk and the other leg move as the mean runner's do. The swing leg's hip and ankle muscles drive the thigh and
hold the foot as the mean runner does; what folds the knee is what the cause says. Once the knee has folded, all muscles
brake it for landing. Swings of different causes and paces go side by side, as one integration.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.fibres.states import Muscles, fibre_states
from swinglever.anatomy.limb import Limb, take_limb
from swinglever.anatomy.model import Model
from swinglever.anatomy.multibody.equation import body_inertias, inverse_dynamics, mass_matrix
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.anatomy.paths.records import PathSet
from swinglever.arrays import Array, Bools, freeze_fields
from swinglever.errors import UnknownNameError, named
from swinglever.muscles.legs import leg_musculature, spanned_coordinates
from swinglever.muscles.static_optimization import solve_activations
from swinglever.signals import runge_kutta_step
from swinglever.synthetic.cause import Cause
from swinglever.synthetic.norms import MeanRunner, mean_runner

STEP_S = 0.002
"""Longest step: swings that go side by side have as many steps as the longest needs."""
_TRACKING_HZ = 5.0
"""Bandwidth with which hip and ankle are led along the mean runner's angles; critically damped."""

_SHORTEST_FOLD_S = 0.08
"""The knee's own wobble at toe-off is not the end of its fold."""

_LAST_S = 0.04
"""Shortest horizon over which the knee is led to its landing."""

_EFFORT = 0.02
"""Weight of an activation against an error of one N·m, or of one rad/s² times the weight below."""

_ACCELERATION_WEIGHT = 1.0 / 30.0

_FASTEST_RAD_S = 300.0
"""No joint turns so fast: a leg that does has run away, and is given up."""


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
        (f) coordinates that were integrated and their motion (K,f), rad; nan from where the leg ran away.
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
class _Instant:
    """The released coordinates (S,f) at one instant: M udot = Rᵀ(a·active + passive) − bias, M (S,f,f), R (S,m,f)."""

    matrix: Array
    bias: Array
    arms: Array
    active_n: Array
    passive_n: Array

    def of(self, rows: Bools) -> "_Instant":
        """Give some of the swings."""
        return _Instant(**{name: values[rows] for name, values in vars(self).items()})

    @property
    def pull(self) -> Array:
        """Moments (S,f,m) of every muscle at full activation."""
        return np.swapaxes(self.arms * self.active_n[..., None], 1, 2)

    @property
    def passive_moment(self) -> Array:
        """(S,f)."""
        return np.asarray((self.passive_n[:, None, :] @ self.arms)[:, 0])

    def acceleration(self, activation: Array) -> Array:
        """(S,f) under activations (S,m)."""
        return self.acceleration_under((self.pull @ activation[..., None])[..., 0] + self.passive_moment)

    def acceleration_under(self, moment_nm: Array) -> Array:
        """(S,f) under moments (S,f)."""
        return np.asarray(np.linalg.solve(self.matrix, (moment_nm - self.bias)[..., None])[..., 0])


@dataclass(frozen=True, kw_only=True)
class _Legs:
    """The right swing legs (S) of mean runners, and how they are led.

    ``time_s`` (J,S) has every instant of the integration and every half step between; ``reference`` (3,J,S,n) is how
    the limb's coordinates, speeds and accelerations would go.
    """

    model: Model
    limb: Limb
    paths: PathSet
    muscles: Muscles
    crosses_knee: Bools
    time_s: Array
    reference: Array

    @property
    def knee(self) -> int:
        """Which of the released coordinates."""
        return self.limb.released.index(self.limb.leg.knee)

    @property
    def step_s(self) -> Array:
        """(S,1)."""
        return np.asarray((self.time_s[2] - self.time_s[0])[:, None])

    def instant(self, j: int, q: Array, u: Array) -> _Instant:
        """Equation of motion with the released coordinates at q, u (S,f)."""
        free, limb = self.limb.released, self.limb
        limb_q, limb_u, limb_udot = self.reference[:, j].copy()
        limb_q[:, free], limb_u[:, free], limb_udot[:, free] = q, u, 0.0
        placed = limb.model.place(limb_q)
        inertias = body_inertias(placed, limb.model.masses)
        bias = inverse_dynamics(placed, inertias, limb_u, limb_udot, limb.model.gravity)
        whole = np.zeros((2, len(q), len(self.model.coordinate_names)))
        whole[:, :, limb.coordinates] = np.stack([limb_q, limb_u])
        paths = evaluate_paths_at(self.paths, self.model.tree, whole[0])
        fibres = fibre_states(self.muscles, paths.length_m, paths.lengthening_speed(whole[1]))
        return _Instant(
            matrix=mass_matrix(placed, inertias)[:, free][:, :, free],
            bias=bias[:, free],
            arms=paths.moment_arm_m[:, :, limb.released_in_whole],
            active_n=fibres.active_force_n,
            passive_n=fibres.passive_force_n,
        )

    def number(self, muscle: str) -> int:
        """Index of a muscle without side."""
        known = [n.removesuffix("_r") for n in self.muscles.names]
        if muscle not in known:
            raise UnknownNameError(f"the leg has no muscle {muscle!r}; it has {named(known)}")
        return known.index(muscle)

    def muted(self, silent: Iterable[str]) -> Bools:
        """Which muscles (m) are among some without side."""
        return np.isin(np.arange(len(self.muscles.names)), [self.number(name) for name in silent])


def simulate_swing(
    model: Model, cause: Cause, speed_m_s: float, *, replay: Array | None = None, silent: tuple[str, ...] = ()
) -> SimulatedSwing:
    """Integrate one right leg's swing from toe-off to foot strike; see `simulate_swings`, ``replay`` is (K,m)."""
    replays = None if replay is None else replay[:, None]
    return simulate_swings(model, [cause], [speed_m_s], replay=replays, silent=silent)[0]


def simulate_swings(
    model: Model,
    causes: Sequence[Cause],
    speeds_m_s: Sequence[float],
    *,
    replay: Array | None = None,
    silent: tuple[str, ...] = (),
) -> tuple[SimulatedSwing, ...]:
    """Integrate the right leg's swings from toe-off to foot strike, all side by side.

    Parameters
    ----------
    model
        Our own model, loaded.
    causes, speeds_m_s
        What is imposed while the knee folds, and on which mean runner, of each swing (S).
    replay
        (K,S,m) activations to replay instead of leading hip and ankle: the legs go where they take them.
    silent
        Muscles, without side, whose activation is taken out of the replay.
    """
    legs = _take_legs(model, causes, speeds_m_s)
    imposed, muted = _imposed(legs, causes), legs.muted(silent)
    q, u = (legs.reference[order, 0][:, legs.limb.released] for order in (0, 1))
    u[:, legs.knee] += [cause.knee_speed_rad_s for cause in causes]
    folded, lost, rows = np.zeros(len(q), bool), np.zeros(len(q), bool), []
    for k in range(len(imposed)):
        now = legs.instant(2 * k, q, u)
        folded |= (u[:, legs.knee] < 0.0) & (legs.time_s[2 * k] - legs.time_s[0] > _SHORTEST_FOLD_S)
        led = _activate(legs, now, imposed[k], k, (q, u), folded) if replay is None else replay[k] * ~muted
        columns = (q, u, now.acceleration(led), led, now.active_n * led, now.passive_n, now.arms)
        rows.append([np.where(lost.reshape(-1, *[1] * (x.ndim - 1)), np.nan, x) for x in columns])
        if k + 1 < len(imposed):
            q, u = _step(legs, led, k, q, u)
            lost |= ~(np.abs(u).max(axis=1) < _FASTEST_RAD_S)
            q[lost], u[lost] = legs.reference[0, 0][:, legs.limb.released][lost], 0.0
    return tuple(
        SimulatedSwing(
            cause=cause,
            speed_m_s=speed,
            time_s=legs.time_s[::2, s],
            coordinate_names=legs.limb.released_names,
            q=columns[0],
            u=columns[1],
            udot=columns[2],
            muscle_names=legs.muscles.names,
            activation=columns[3],
            active_force_n=columns[4],
            passive_force_n=columns[5],
            moment_arm_m=columns[6],
        )
        for s, (cause, speed) in enumerate(zip(causes, speeds_m_s, strict=True))
        for columns in [[np.array([row[i][s] for row in rows]) for i in range(7)]]
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
    legs = _take_legs(model, [swing.cause], [swing.speed_m_s])
    kept = np.where(legs.muted(silent), 0.0, swing.active_force_n) + swing.passive_force_n
    at = np.einsum("km,kmf->kf", kept, swing.moment_arm_m)
    moments = np.empty((2 * len(at) - 1, at.shape[1]))
    moments[::2], moments[1::2] = at, 0.5 * (at[1:] + at[:-1])
    q, u, knee = swing.q[:1], swing.u[:1], [swing.q[0, legs.knee]]
    for k in range(len(at) - 1):

        def rate(share: float, q: Array, u: Array, k: int = k) -> Array:
            j = 2 * k + round(2 * share)
            return legs.instant(j, q, u).acceleration_under(moments[j])

        q, u = runge_kutta_step(rate, legs.step_s, q, u)
        knee.append(q[0, legs.knee])
    return np.array(knee)


def _take_legs(model: Model, causes: Sequence[Cause], speeds_m_s: Sequence[float]) -> _Legs:
    limb = take_limb(model, "r")
    musculature = leg_musculature(model, limb)
    runners = [mean_runner(speed) for speed in speeds_m_s]
    begin, end = np.array([[r.toe_off_s("r") for r in runners], [r.stride_time_s for r in runners]])
    n_steps = int(np.ceil((end - begin).max() / STEP_S))
    time_s = np.linspace(begin, end, 2 * n_steps + 1)
    reference = [_led(limb, runner, cause, t) for runner, cause, t in zip(runners, causes, time_s.T, strict=True)]
    return _Legs(
        model=model,
        limb=limb,
        paths=musculature.paths,
        muscles=musculature.muscles,
        crosses_knee=spanned_coordinates(model, musculature.paths)[:, limb.coordinates[limb.leg.knee]],
        time_s=time_s,
        reference=np.stack(reference, axis=2),
    )


def _led(limb: Limb, runner: MeanRunner, cause: Cause, time_s: Array) -> Array:
    """Coordinates (J,n), speeds and accelerations, (3,J,n): the mean runner's, the hip's driven more or less."""
    names = limb.model.coordinate_names
    led = np.stack([runner.coordinates(names, time_s, order) for order in range(3)])
    hip, drive = led[:, :, limb.leg.hip_flexion], cause.hip_drive
    coasting = np.stack([hip[0, 0] + hip[1, 0] * (time_s - time_s[0]), np.full(len(time_s), hip[1, 0])])
    hip[:2] = coasting + drive * (hip[:2] - coasting)
    hip[2] *= drive
    return led


def _imposed(legs: _Legs, causes: Sequence[Cause]) -> Array:
    """Activations (K,S,m) that the causes impose."""
    since = legs.time_s[::2] - legs.time_s[0]
    imposed = np.zeros((*since.shape, len(legs.muscles.names)))
    for s, cause in enumerate(causes):
        for muscle in cause.muscles:
            imposed[:, s, legs.number(muscle)] = cause.activation(muscle, since[:, s], since[-1, s])
    return imposed


def _step(legs: _Legs, activation: Array, k: int, q: Array, u: Array) -> tuple[Array, Array]:
    """One step under activations that do not change."""

    def rate(share: float, q: Array, u: Array) -> Array:
        return legs.instant(2 * k + round(2 * share), q, u).acceleration(activation)

    return runge_kutta_step(rate, legs.step_s, q, u)


def _activate(legs: _Legs, now: _Instant, imposed: Array, k: int, state: tuple[Array, Array], folded: Bools) -> Array:
    """Activations (S,m): the least effort that leads what is to be led, beside what is imposed until the fold's end."""
    q, u = state
    wanted = _wanted(legs, k, q, u)
    activation = imposed.copy()
    if (~folded).any():
        activation[~folded] += _beside(legs, now.of(~folded), imposed[~folded], wanted[~folded])
    if folded.any():
        wanted[:, legs.knee] = _landing(legs, k, q[:, legs.knee], u[:, legs.knee])
        activation[folded] = _landed(now.of(folded), wanted[folded])
    return activation


def _beside(legs: _Legs, now: _Instant, imposed: Array, wanted: Array) -> Array:
    """Least effort (S,m) of the muscles that do not cross the knee, to lead all joints but the knee."""
    led = [k for k in range(len(legs.limb.released)) if k != legs.knee]
    free = ~legs.crosses_knee
    pull = np.linalg.solve(now.matrix, now.pull)[:, led][:, :, free] * _ACCELERATION_WEIGHT
    need = (wanted - now.acceleration(imposed))[:, led] * _ACCELERATION_WEIGHT
    found = np.zeros_like(imposed)
    found[:, free] = solve_activations(pull, need, _EFFORT).activation
    return found


def _landed(now: _Instant, wanted: Array) -> Array:
    """Least effort (S,m) of all muscles for accelerations of all joints."""
    need = (now.matrix @ wanted[..., None])[..., 0] + now.bias - now.passive_moment
    return solve_activations(now.pull, need, _EFFORT).activation


def _wanted(legs: _Legs, k: int, q: Array, u: Array) -> Array:
    """Accelerations (S,f) that lead the legs along their reference."""
    to_q, to_u, to_udot = legs.reference[:, 2 * k][:, :, legs.limb.released]
    rate = 2.0 * np.pi * _TRACKING_HZ
    return np.asarray(to_udot + rate**2 * (to_q - q) + 2.0 * rate * (to_u - u))


def _landing(legs: _Legs, k: int, q: Array, u: Array) -> Array:
    """Acceleration (S) that begins the cubic from here to the mean runner's knee at foot strike."""
    left = np.maximum(legs.time_s[-1] - legs.time_s[2 * k], _LAST_S)
    to, speed = legs.reference[:2, -1][:, :, legs.limb.leg.knee]
    return np.asarray(6.0 * (to - q) / left**2 - (4.0 * u + 2.0 * speed) / left)
