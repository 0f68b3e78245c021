"""What flexed the knee: the change of the knee angle, split among its causes in scopes ``shank`` and ``leg``.

The equation of the released speeds is set up here for the limb, `swinglever.causes.body` sets up the whole body's;
`swinglever.causes.equation` solves either.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from swinglever.arrays import Array, Bools
from swinglever.causes.equation import (
    SpeedEquation,
    integral,
    join_equations,
    superpose,
    with_velocity_source,
)
from swinglever.causes.sources import Sources, moment_sources
from swinglever.dynamics.limb import Dynamics
from swinglever.errors import UnknownNameError, named
from swinglever.records.attribution import Attribution

_SWINGS_AT_ONCE = 16
"""Swings of several analyses whose equations are solved together: many, so that numpy's overhead is spread; few, so
that their arrays, megabytes a swing, do not fill the memory."""

Scope = Literal["shank", "leg", "body"]
LIMB_SCOPES = ("shank", "leg")
_ALWAYS = ("initial", "gravity", "ground_contact", "proximal", "foot", "velocity")
"""Groups that are told of in any swing; a source of another group is left out of the swings in which it did nothing."""


def released_in(dynamics: Dynamics, scope: str) -> tuple[int, ...]:
    """Give the limb's coordinates that a scope releases."""
    leg = dynamics.limb.leg
    if scope == "shank":
        return (leg.knee,)
    if scope == "leg":
        return leg.released
    raise UnknownNameError(f"there is no scope {scope!r} of a limb; there are {named(LIMB_SCOPES)}")


@dataclass(frozen=True, kw_only=True)
class Shares:
    """The knee's motion by source (s) along the swings (S,K) of one leg; flexion positive.

    Parameters
    ----------
    dynamics
        The swings.
    scope, released
        What is released, and the names of those coordinates.
    names, groups
        (s) the sources and their groups.
    acted
        (S,s) whether the source did anything in the swing. The equation itself, by far larger, is not kept.
    angle, speed, acceleration
        (S,K,s) rad, rad/s and rad/s2 of knee flexion; the first is zero at toe-off.
    """

    dynamics: Dynamics
    scope: str
    released: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    acted: Bools
    angle: Array
    speed: Array
    acceleration: Array

    def records(self) -> tuple[Attribution, ...]:
        """Give the record of each swing."""
        return tuple(self._record(k) for k in range(len(self.angle)))

    def split(self, analyses: Sequence[Dynamics]) -> "tuple[Shares, ...]":
        """Give those of each analysis apart, whose swings are here one after the other."""
        spans = pairwise(np.cumsum([0, *(len(dynamics.time_s) for dynamics in analyses)]))
        arrays = ("acted", "angle", "speed", "acceleration")
        return tuple(
            replace(self, dynamics=dynamics, **{name: getattr(self, name)[a:b] for name in arrays})
            for dynamics, (a, b) in zip(analyses, spans, strict=True)
        )

    def _record(self, k: int) -> Attribution:
        flexion = self.dynamics.knee_flexion_rad[k]
        peak = int(np.argmax(flexion))
        missing = self.angle[k].sum(axis=1) - (flexion - flexion[0])
        told = np.flatnonzero([a or g in _ALWAYS for a, g in zip(self.acted[k], self.groups, strict=True)])
        return Attribution(
            scope=self.scope,
            released=self.released,
            time_s=self.dynamics.time_s[k],
            sources=tuple(self.names[s] for s in told),
            groups=tuple(self.groups[s] for s in told),
            knee_flexion_rad=self.angle[k][:, told],
            knee_flexion_velocity_rad_s=self.speed[k][:, told],
            knee_flexion_acceleration_rad_s2=self.acceleration[k][:, told],
            closure_rad=float(np.abs(missing[: peak + 1]).max()),
            peak_index=peak,
        )


def attribute(dynamics: Dynamics, scope: str, sources: Sources | None = None) -> Shares:
    """Split the knee's motion among sources, velocity terms shared out by cause (superposition).

    Parameters
    ----------
    dynamics
        The swings.
    scope
        ``shank`` or ``leg``.
    sources
        Forces that make up the net joint moments; the net moments themselves when not given.
    """
    return share_out(limb_equation(dynamics, scope, sources))


def attribute_both_ways(
    analyses: Sequence[Dynamics], scope: str, sources: Sequence[Sources | None], *, classical: bool = True
) -> tuple[tuple[Shares, Shares | None], ...]:
    """Split the knee's motion as `attribute` does, and with the velocity terms as a source of their own.

    The equation of the released speeds is the same for both, and set up once. Analyses of one leg with the same
    sources are solved together as far as the equation of so many swings stays small. Without ``classical``, the second
    split is not made.

    Notes
    -----
    The second is the induced position of Anderson, Goldberg, Pandy and Delp (2004), *Journal of Biomechanics* 37:
    731-737: double integrals of the induced accelerations, and the speed at toe-off times the time since.
    """
    size = max(1, _SWINGS_AT_ONCE // max(len(dynamics.time_s) for dynamics in analyses))
    starts = range(0, len(analyses), size)
    blocks = [_both_ways(analyses[k : k + size], scope, sources[k : k + size], classical) for k in starts]
    return tuple(both for block in blocks for both in block)


def _both_ways(
    analyses: Sequence[Dynamics], scope: str, sources: Sequence[Sources | None], classical: bool
) -> list[tuple[Shares, Shares | None]]:
    equation = join_equations([limb_equation(d, scope, s) for d, s in zip(analyses, sources, strict=True)])
    shared_out = share_out(equation).split(analyses)
    if not classical:
        return [(shares, None) for shares in shared_out]
    velocity = np.concatenate([_by_velocity_terms(dynamics, scope) for dynamics in analyses])
    return list(zip(shared_out, _by_drives(with_velocity_source(equation, velocity)).split(analyses), strict=True))


def _by_velocity_terms(dynamics: Dynamics, scope: str) -> Array:
    """Accelerations (S,K,f) of the released coordinates by all velocity terms."""
    free = list(released_in(dynamics, scope))
    matrix, terms = _released_matrix(dynamics, free), dynamics.velocity_terms[..., free, None]
    return -np.linalg.solve(matrix, terms)[..., 0]


def share_out(equation: SpeedEquation) -> Shares:
    """Split the knee's motion by solving the equation for every source."""
    speeds, knee = superpose(equation), equation.knee
    rates = (equation.matrix[:, :, knee, None] @ speeds)[:, :, 0] + equation.drive[:, :, knee]
    return _shares(equation, speeds[:, :, knee], rates)


def _by_drives(equation: SpeedEquation) -> Shares:
    """Split the knee's motion where no source drives another: integrals of what drives each."""
    drive = equation.drive[:, :, equation.knee]
    return _shares(equation, equation.start[:, None, equation.knee] + integral(drive, equation.lasting_s), drive)


def _shares(equation: SpeedEquation, speed: Array, acceleration: Array) -> Shares:
    """Put together what each source did to the knee: speeds and accelerations (S,K,s) in the model's sign."""
    sign = equation.dynamics.limb.leg.knee_sign
    return Shares(
        dynamics=equation.dynamics,
        scope=equation.scope,
        released=equation.released,
        names=equation.names,
        groups=equation.groups,
        acted=equation.drive.any(axis=(1, 2)),
        angle=sign * integral(speed, equation.lasting_s),
        speed=sign * speed,
        acceleration=sign * acceleration,
    )


def limb_equation(dynamics: Dynamics, scope: str, sources: Sources | None = None) -> SpeedEquation:
    """Set up the equation of the released speeds of a limb.

    Notes
    -----
    With f the released coordinates and p the others, A = -M_ff^-1 B_ff(u,.), b_p,velocity = -M_ff^-1 (c_f - B_ff u_f),
    b_p,acceleration = -M_ff^-1 M_fp udot_p, and b_i = M_ff^-1 (force of source i).
    """
    free = list(released_in(dynamics, scope))
    sources = moment_sources(dynamics) if sources is None else sources
    inverse = np.linalg.inv(_released_matrix(dynamics, free))
    own = dynamics.bilinear[..., free, :][..., dynamics.released_columns(free)]
    told = {("gravity", "gravity"): dynamics.gravity[..., free]}
    told |= _prescribed_sources(dynamics, free, own)
    told["ground_force", "ground_force"] = dynamics.external[..., free]
    start = np.zeros((len(dynamics.q), len(free), 1 + len(told) + len(sources.names)))
    start[..., 0] = dynamics.u[:, 0, free]
    blank = np.zeros_like(dynamics.u[..., free])
    forces = np.concatenate([np.stack([blank, *told.values()], axis=-1), sources.force[:, :, free]], axis=-1)
    return SpeedEquation(
        dynamics=dynamics,
        scope=scope,
        released=tuple(dynamics.limb.model.coordinate_names[k] for k in free),
        knee=free.index(dynamics.limb.leg.knee),
        names=("initial", *(name for name, _ in told), *sources.names),
        groups=("initial", *(group for _, group in told), *sources.groups),
        matrix=-inverse @ own,
        drive=inverse @ forces,
        start=start,
        contacts=np.zeros((*dynamics.time_s.shape, 0), dtype=bool),
        lasting_s=dynamics.swings.lasting_s,
    )


def _released_matrix(dynamics: Dynamics, free: list[int]) -> Array:
    return dynamics.mass_matrix[..., free, :][..., free]


def _prescribed_sources(dynamics: Dynamics, free: list[int], own: Array) -> dict[tuple[str, str], Array]:
    """Generalised forces (S,K,f), by name and group, of what moves as it was recorded.

    What is below the knee and not released, in scope ``shank``, is the foot's own motion; all else is proximal.
    """
    leg, u, udot = dynamics.limb.leg, dynamics.u, dynamics.udot
    distal = [k for k in leg.distal if k not in free]
    proximal = [k for k in range(u.shape[-1]) if k not in free and k not in distal]
    moving = [k for k in distal if k in leg.released]
    rows = dynamics.bilinear[..., free, :]

    def velocity(columns: Array, coordinates: list[int]) -> Array:
        return np.asarray((columns @ u[..., coordinates, None])[..., 0])

    def acceleration(coordinates: list[int]) -> Array:
        inertia = dynamics.mass_matrix[..., free, :][..., coordinates]
        return np.asarray(-(inertia @ udot[..., coordinates, None])[..., 0])

    of_foot = velocity(rows[..., dynamics.released_columns(moving)], moving)
    others = dynamics.velocity_terms[..., free] - velocity(own, free) - of_foot
    found = {
        ("proximal_acceleration", "proximal"): acceleration(proximal),
        ("proximal_velocity", "proximal"): -others,
    }
    if distal:
        found["foot_acceleration", "foot"] = acceleration(distal)
        found["foot_velocity", "foot"] = -of_foot
    return found
