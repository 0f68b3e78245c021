"""What a muscle's fibres do when its tendon does not stretch: lengths, speeds, forces and stored energy.

The fibres of one muscle lie parallel, at an angle to the tendon, in a parallelogram of constant height; the tendon
keeps its slack length, so path length and lengthening speed give everything.
"""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from swinglever.arrays import Array, Bools, Ints, check_shapes, freeze_fields
from swinglever.errors import ModelError


class ForceCurves(Protocol):
    """Force curves of some muscles of one type; every method takes and gives arrays (T, m) of these muscles.

    Lengths are in optimal fibre lengths, speeds in maximum contraction speeds (lengthening positive), forces in maximum
    isometric forces, energies in maximum isometric force times optimal fibre length (or tendon slack length).
    """

    def part(self, indices: Ints) -> Self:
        """Give the curves of some of the muscles."""
        ...

    def active_length(self, length: Array) -> Array:
        """Active force over length."""
        ...

    def passive_length(self, length: Array) -> Array:
        """Passive force over length."""
        ...

    def velocity(self, speed: Array) -> Array:
        """Factor of the active force over speed, at full activation."""
        ...

    def passive_energy(self, length: Array) -> Array:
        """Energy in the passive fibre: the integral of its force up to this length."""
        ...

    def tendon_energy(self, force: Array) -> Array:
        """Energy in the tendon when it carries this force."""
        ...


@dataclass(frozen=True, kw_only=True)
class MuscleParameters:
    """Constants of muscles (m).

    Attributes
    ----------
    names
        Names in the model.
    max_isometric_force_n, optimal_fibre_length_m, tendon_slack_length_m
        As the model gives them.
    pennation_rad
        Angle of the fibres to the tendon at optimal length.
    max_speed_per_s
        Maximum contraction speed in optimal fibre lengths a second.
    min_fibre_length_m
        Length below which the model takes the muscle as slack: it makes no force.
    """

    names: tuple[str, ...]
    max_isometric_force_n: Array
    optimal_fibre_length_m: Array
    tendon_slack_length_m: Array
    pennation_rad: Array
    max_speed_per_s: Array
    min_fibre_length_m: Array

    def __post_init__(self) -> None:
        fields = [name for name in self.__dataclass_fields__ if name != "names"]
        freeze_fields(self, *fields)
        check_shapes(self, **{name: (len(self.names),) for name in fields})
        positive = ("max_isometric_force_n", "optimal_fibre_length_m", "max_speed_per_s")
        wrong = [f"{name} of {self.names[i]!r}" for name in positive for i in np.flatnonzero(getattr(self, name) <= 0)]
        if wrong:
            raise ModelError(f"expected positive muscle parameters, got zero or less for {', '.join(wrong)}")


@dataclass(frozen=True, kw_only=True)
class Muscles:
    """All muscles of a model: their constants, and their curves by type.

    Parameters
    ----------
    parameters
        Constants of all muscles.
    kinds
        Name of each muscle's type.
    curves
        Pairs of (indices of muscles, their curves); together they cover every muscle once.
    """

    parameters: MuscleParameters
    kinds: tuple[str, ...]
    curves: tuple[tuple[Ints, ForceCurves], ...]

    def __post_init__(self) -> None:
        covered = np.sort(np.concatenate([np.asarray(i) for i, _ in self.curves])) if self.curves else np.zeros(0)
        if not np.array_equal(covered, np.arange(len(self.parameters.names))):
            raise ModelError(f"the curves cover muscles {covered.tolist()} of {len(self.parameters.names)}")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the muscles (m)."""
        return self.parameters.names

    def select(self, indices: Ints) -> "Muscles":
        """Give some of the muscles, in the order asked for."""
        constants = {name: getattr(self.parameters, name)[indices] for name in vars(self.parameters) if name != "names"}
        place = {int(old): new for new, old in enumerate(indices)}
        parts = []
        for members, curves in self.curves:
            kept = [k for k, old in enumerate(members) if int(old) in place]
            if kept:
                parts.append((np.array([place[int(members[k])] for k in kept]), curves.part(np.array(kept))))
        return Muscles(
            parameters=MuscleParameters(names=tuple(self.names[k] for k in indices), **constants),
            kinds=tuple(self.kinds[k] for k in indices),
            curves=tuple(parts),
        )

    def apply(self, curve: str, values: Array) -> Array:
        """Evaluate one curve of every muscle on values (T, m)."""
        if len(self.curves) == 1 and (self.curves[0][0] == np.arange(len(self.names))).all():
            return np.asarray(getattr(self.curves[0][1], curve)(values))
        out = np.empty_like(values)
        for indices, curves in self.curves:
            out[..., indices] = getattr(curves, curve)(values[..., indices])
        return out


@dataclass(frozen=True, kw_only=True)
class FibreStates:
    """Rigid-tendon fibre states (..., m) of muscles in frames of any dimensions.

    Attributes
    ----------
    names
        Muscles (m).
    fibre_length_m, pennation_rad, fibre_velocity_m_s
        Fibre length, angle to the tendon, lengthening speed.
    active_multiplier, velocity_multiplier, passive_multiplier
        Force-length factor, force-velocity factor (at full activation) and passive force, over maximum isometric force.
    active_force_n
        Active force along the tendon at full activation; the muscle's force is activation times this, plus passive.
    passive_force_n
        Passive fibre force along the tendon (elastic part).
    slack
        Whether the path is too short for tendon and shortest fibre: no force then.
    """

    names: tuple[str, ...]
    fibre_length_m: Array
    pennation_rad: Array
    fibre_velocity_m_s: Array
    active_multiplier: Array
    velocity_multiplier: Array
    passive_multiplier: Array
    active_force_n: Array
    passive_force_n: Array
    slack: Bools

    def __post_init__(self) -> None:
        fields = [name for name in self.__dataclass_fields__ if name not in ("names", "slack")]
        freeze_fields(self, *fields)
        freeze_fields(self, "slack", dtype=bool)
        frames = self.fibre_length_m.shape[:-1]
        check_shapes(self, **{name: (*frames, len(self.names)) for name in [*fields, "slack"]})


def fibre_states(muscles: Muscles, length_m: Array, speed_m_s: Array) -> FibreStates:
    """Find fibre states and forces from path lengths.

    Parameters
    ----------
    muscles
        The muscles (m).
    length_m
        Path lengths from origin to insertion, shape (..., m).
    speed_m_s
        Lengthening speeds of the paths, shape (..., m).
    """
    p = muscles.parameters
    height = p.optimal_fibre_length_m * np.sin(p.pennation_rad)
    along = length_m - p.tendon_slack_length_m
    fibre = np.sqrt(along**2 + height**2)
    slack = (along <= 0) | (fibre <= p.min_fibre_length_m)
    fibre = np.where(slack, np.maximum(p.min_fibre_length_m, height), fibre)
    sine = np.minimum(np.divide(height, fibre, out=np.ones_like(fibre), where=fibre > 0.0), 1.0)
    cosine = np.sqrt(1 - sine**2)
    velocity = np.where(slack, 0.0, speed_m_s * cosine)
    relative = fibre / p.optimal_fibre_length_m
    active = muscles.apply("active_length", relative)
    faster = muscles.apply("velocity", velocity / (p.optimal_fibre_length_m * p.max_speed_per_s))
    passive = muscles.apply("passive_length", relative)
    strength = np.where(slack, 0.0, p.max_isometric_force_n * cosine)
    return FibreStates(
        names=muscles.names,
        fibre_length_m=fibre,
        pennation_rad=np.arcsin(sine),
        fibre_velocity_m_s=velocity,
        active_multiplier=active,
        velocity_multiplier=faster,
        passive_multiplier=passive,
        active_force_n=strength * active * faster,
        passive_force_n=strength * passive,
        slack=slack,
    )


def force_over_speed(muscles: Muscles, states: FibreStates, speed_m_s: Array, nudge_m_s: float) -> Array:
    """Slope (..., m) of the active force at full activation over the path's lengthening speed, N s/m.

    Parameters
    ----------
    muscles, states
        The muscles and their fibre states.
    speed_m_s
        Lengthening speeds of the paths that the states belong to, shape (..., m).
    nudge_m_s
        Change of speed over which the slope is taken.
    """
    p = muscles.parameters
    cosine = np.cos(states.pennation_rad)
    velocity = np.where(states.slack, 0.0, (speed_m_s + nudge_m_s) * cosine)
    faster = muscles.apply("velocity", velocity / (p.optimal_fibre_length_m * p.max_speed_per_s))
    strength = np.where(states.slack, 0.0, p.max_isometric_force_n * cosine)
    return np.asarray(strength * states.active_multiplier * (faster - states.velocity_multiplier) / nudge_m_s)


@dataclass(frozen=True, kw_only=True)
class ElasticEnergy:
    """Energy stored in the muscles, shape (..., m), J: in the passive fibres, and in the tendons."""

    passive_fibre_j: Array
    tendon_j: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "passive_fibre_j", "tendon_j")


def elastic_energy(muscles: Muscles, states: FibreStates, force_n: Array) -> ElasticEnergy:
    """Find the energy stored in passive fibres and tendons.

    Parameters
    ----------
    muscles, states
        The muscles and their fibre states.
    force_n
        Force along each tendon, shape (..., m).

    Notes
    -----
    The fibres take the whole change of length (rigid tendon); the tendon's energy is what its own curve holds at the
    force that it carries, so the stretch of the two is not shared out. It is an estimate from above for the fibre.
    """
    p = muscles.parameters
    passive = muscles.apply("passive_energy", states.fibre_length_m / p.optimal_fibre_length_m)
    tendon = muscles.apply("tendon_energy", np.maximum(force_n, 0.0) / p.max_isometric_force_n)
    return ElasticEnergy(
        passive_fibre_j=np.where(states.slack, 0.0, passive) * p.max_isometric_force_n * p.optimal_fibre_length_m,
        tendon_j=tendon * p.max_isometric_force_n * p.tendon_slack_length_m,
    )
