"""What flexed the knee: the change of the knee angle split among the causes of the motion.

The released speeds obey an equation that is linear in themselves, because the velocity terms have a bilinear form.
Solved once for each source, with the speeds at toe-off as one more source, its solutions add up to the recorded motion.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.interpolate import CubicSpline

from swinglever.arrays import Array
from swinglever.dynamics.limb import Dynamics
from swinglever.errors import UnknownNameError
from swinglever.records.results import Attribution

Scope = Literal["shank", "leg", "body"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A cause: its name, the group that it is summed up with, and its generalised force (K,n) in the model's signs."""

    name: str
    group: str
    force: Array


@dataclass(frozen=True, kw_only=True)
class LinearMotion:
    """The released speeds' equation: d/dt v = ``matrix`` v + ``drive``, by source (K,f,f) and (K,f,S).

    ``velocity`` (K,f,1) is what all velocity terms do together, those in ``matrix`` too.
    """

    released: tuple[int, ...]
    matrix: Array
    drive: Array
    velocity: Array
    sources: tuple[str, ...]
    groups: tuple[str, ...]
    start: Array


def released_in(dynamics: Dynamics, scope: str) -> tuple[int, ...]:
    """Give the limb's coordinates that a scope releases."""
    leg = dynamics.limb.leg
    if scope == "shank":
        return (leg.knee,)
    if scope == "leg":
        return leg.released
    raise UnknownNameError(f"there is no scope {scope!r} of a limb; there are ['shank', 'leg']")


def moment_sources(dynamics: Dynamics) -> list[Source]:
    """Give the net joint moments of the leg as sources, one for each free coordinate."""
    leg, names = dynamics.limb.leg, dynamics.limb.model.coordinate_names
    sources = []
    for k in leg.released:
        joint = "hip_moment" if k in leg.hip else "knee_moment" if k == leg.knee else "ankle_moment"
        force = np.zeros_like(dynamics.net_moment)
        force[:, k] = dynamics.net_moment[:, k]
        sources.append(Source(name=f"{names[k]}_moment", group=joint, force=force))
    return sources


def attribute(dynamics: Dynamics, scope: str, sources: Sequence[Source] | None = None) -> Attribution:
    """Split the knee's motion among sources, velocity terms shared out by cause (superposition).

    Parameters
    ----------
    dynamics
        The swing.
    scope
        ``shank`` or ``leg``.
    sources
        Forces that make up the net joint moments; the net moments themselves when not given.
    """
    return _by_superposition(dynamics, scope, _linear_motion(dynamics, scope, sources))


def attribute_both_ways(
    dynamics: Dynamics, scope: str, sources: Sequence[Source] | None = None
) -> tuple[Attribution, Attribution]:
    """Split the knee's motion as `attribute` does, and with the velocity terms as a source of their own.

    The equation of the released speeds is the same for both, and set up once.

    Notes
    -----
    The second is the induced position of Anderson, Goldberg, Pandy and Delp (2004), *Journal of Biomechanics* 37:
    731-737: double integrals of the induced accelerations, and the speed at toe-off times the time since.
    """
    motion = _linear_motion(dynamics, scope, sources)
    return _by_superposition(dynamics, scope, motion), _classically(dynamics, scope, motion)


def _by_superposition(dynamics: Dynamics, scope: str, motion: LinearMotion) -> Attribution:
    speeds = _superpose(motion, dynamics.time_s)
    rates = np.einsum("kij,kjs->kis", motion.matrix, speeds) + motion.drive
    return _attribution(dynamics, scope, motion, speeds, rates)


def _classically(dynamics: Dynamics, scope: str, motion: LinearMotion) -> Attribution:
    classical = _with_velocity_source(motion)
    start = np.broadcast_to(classical.start, classical.drive.shape)
    speeds = start + _integral(dynamics.time_s, classical.drive)
    return _attribution(dynamics, scope, classical, speeds, classical.drive)


def _linear_motion(dynamics: Dynamics, scope: str, sources: Sequence[Source] | None) -> LinearMotion:
    """Set up the equation of the released speeds (A, b_velocity, b_acceleration, b_i)."""
    sources = moment_sources(dynamics) if sources is None else sources
    free = list(released_in(dynamics, scope))
    matrix, u, udot = dynamics.mass_matrix, dynamics.u, dynamics.udot
    inverse = np.linalg.inv(matrix[:, free][:, :, free])
    columns = [dynamics.released_column(k) for k in free]
    own = dynamics.bilinear[:, free][:, :, columns]
    prescribed = [k for k in range(u.shape[1]) if k not in free]
    distal = [k for k in dynamics.limb.leg.distal if k not in free]
    proximal = [k for k in prescribed if k not in distal]
    foot_columns = [dynamics.released_column(k) for k in distal if k in dynamics.limb.leg.released]
    foot_moving = [k for k in distal if k in dynamics.limb.leg.released]
    foot_velocity = np.einsum("kij,kj->ki", dynamics.bilinear[:, free][:, :, foot_columns], u[:, foot_moving])
    all_velocity = dynamics.velocity_terms[:, free] - np.einsum("kij,kj->ki", own, u[:, free])

    def acceleration_of(some: list[int]) -> Array:
        return np.asarray(-np.einsum("kij,kj->ki", matrix[:, free][:, :, some], udot[:, some]))

    rows = {
        ("gravity", "gravity"): dynamics.gravity[:, free],
        ("proximal_acceleration", "proximal"): acceleration_of(proximal),
        ("proximal_velocity", "proximal"): foot_velocity - all_velocity,
    }
    if distal:
        rows["foot_acceleration", "foot"] = acceleration_of(distal)
        rows["foot_velocity", "foot"] = -foot_velocity
    if np.any(dynamics.external):
        rows["ground_force", "ground_force"] = dynamics.external[:, free]
    for source in sources:
        if np.any(source.force[:, free]):
            rows[source.name, source.group] = source.force[:, free]
    drive = inverse @ np.stack([np.zeros_like(u[:, free]), *rows.values()], axis=-1)
    start = np.zeros(drive.shape[1:])
    start[:, 0] = u[0, free]
    return LinearMotion(
        released=tuple(free),
        matrix=-inverse @ own,
        drive=drive,
        velocity=-(inverse @ dynamics.velocity_terms[:, free, None]),
        sources=("initial", *(name for name, _ in rows)),
        groups=("initial", *(group for _, group in rows)),
        start=start,
    )


def _with_velocity_source(motion: LinearMotion) -> LinearMotion:
    """Gather every velocity term of the motion in one source."""
    kept = [k for k, name in enumerate(motion.sources) if not name.endswith("_velocity")]
    return replace(
        motion,
        drive=np.concatenate([motion.drive[:, :, kept], motion.velocity], axis=-1),
        sources=(*(motion.sources[k] for k in kept), "velocity"),
        groups=(*(motion.groups[k] for k in kept), "velocity"),
        start=np.concatenate([motion.start[:, kept], np.zeros((len(motion.released), 1))], axis=-1),
    )


def _superpose(motion: LinearMotion, time_s: Array) -> Array:
    """Speeds (K,f,S) of every source, with splines for the half steps."""
    middle = 0.5 * (time_s[1:] + time_s[:-1])
    halfway = CubicSpline(time_s, motion.matrix)(middle), CubicSpline(time_s, motion.drive)(middle)
    return integrate_linear(time_s, motion.start, (motion.matrix, motion.drive), halfway)


def integrate_linear(time_s: Array, start: Array, whole: tuple[Array, Array], halfway: tuple[Array, Array]) -> Array:
    """Solve d/dt v = A v + b for every column of v by fourth-order Runge-Kutta on the samples.

    Parameters
    ----------
    time_s
        (K).
    start
        (f,S) at the first sample.
    whole, halfway
        A (K,f,f) and b (K,f,S) at the samples, and (K-1, ...) halfway between them.

    Returns
    -------
    Array
        v (K,f,S).
    """
    (matrix, drive), (matrix_between, drive_between) = whole, halfway
    speeds = np.empty((len(time_s), *start.shape))
    speeds[0] = v = start
    for k, h in enumerate(np.diff(time_s)):
        k1 = matrix[k] @ v + drive[k]
        k2 = matrix_between[k] @ (v + 0.5 * h * k1) + drive_between[k]
        k3 = matrix_between[k] @ (v + 0.5 * h * k2) + drive_between[k]
        k4 = matrix[k + 1] @ (v + h * k3) + drive[k + 1]
        speeds[k + 1] = v = v + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return speeds


def _integral(time_s: Array, values: Array) -> Array:
    """Integral (K, ...) of samples from the first one on."""
    curve = CubicSpline(time_s, values).antiderivative()
    return np.asarray(curve(time_s) - curve(time_s[0]))


def _attribution(dynamics: Dynamics, scope: str, motion: LinearMotion, speeds: Array, rates: Array) -> Attribution:
    leg = dynamics.limb.leg
    knee = motion.released.index(leg.knee)
    angle = leg.knee_sign * _integral(dynamics.time_s, speeds[:, knee])
    flexion = dynamics.knee_flexion_rad
    peak = int(np.argmax(flexion))
    missing = angle.sum(axis=1) - (flexion - flexion[0])
    return Attribution(
        scope=scope,
        released=tuple(dynamics.limb.model.coordinate_names[k] for k in motion.released),
        time_s=dynamics.time_s,
        sources=motion.sources,
        groups=motion.groups,
        knee_flexion_rad=angle,
        knee_flexion_velocity_rad_s=leg.knee_sign * speeds[:, knee],
        knee_flexion_acceleration_rad_s2=leg.knee_sign * rates[:, knee],
        closure_rad=float(np.abs(missing[: peak + 1]).max()),
        peak_index=peak,
    )
