"""Legs that swing on from toe-off under other forces than the recorded ones, many side by side.

Pelvis and locked joints move as recorded, joints stop at the end of their range. What acts is up to `replay` (forces
replayed over time) and `silencing` (activations replayed, forces answer to the new motion).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.interpolate import CubicHermiteSpline, interp1d

from swinglever.anatomy.carried import BaseMotion, Carried, carried_by
from swinglever.anatomy.limb import Limb
from swinglever.anatomy.multibody.tree import join_masses
from swinglever.arrays import Array, Ints
from swinglever.causes.stops import Stops, find_stops, halt
from swinglever.dynamics.limb import Dynamics
from swinglever.motion.leg_swings import LegSwings, join_swings, line_up_leg
from swinglever.records.ablation import Ablation

_GRACE = 1.2
"""A knee freed of its muscles folds a little longer; it has its peak by this many times the recorded folding. Later
flexion is the answer to the braking moments of late swing, which a ghost meets in the wrong place."""

FASTEST_RAD_S = 300.0
"""No joint parts so fast from the recording: a leg that does has run away from the integration, and is given up. The
knees of the fastest sprinters turn at 20 rad/s."""

Step = Callable[[int, Array, Array], tuple[Array, Array]]
"""Takes ghosts (S,C,f) from an instant on: its number, coordinates and speeds, to those of a step later."""


@dataclass(frozen=True, kw_only=True)
class Ghosts:
    """A ghost for each swing (S) of one leg and each case (C), at toe-off.

    The swings may be those of several analyses of one runner, as of the repeats with varied inputs, one after the
    other: they have one leg, and masses of their own.

    Parameters
    ----------
    analyses, cases
        The swings of each analysis, and the name of each case.
    recorded
        The same swings at the instants (I) of the integration.
    stops
        Where joints stop the ghosts, for each analysis.
    leg
        What the pelvis carries of the limb: pelvis and locked joints move as recorded.
    base
        (S,I) how the pelvis moves.
    """

    analyses: tuple[Dynamics, ...]
    cases: tuple[str, ...]
    recorded: LegSwings
    stops: tuple[Stops, ...]
    leg: Carried
    base: BaseMotion

    @property
    def limb(self) -> Limb:
        """The leg, the same for all but for masses."""
        return self.recorded.limb

    @cached_property
    def ends(self) -> Stops:
        """Where joints stop, of each swing (S,1,f)."""
        counts = [len(dynamics.q) for dynamics in self.analyses]
        low, high = (
            np.repeat([getattr(s, end) for s in self.stops], counts, axis=0)[:, None] for end in ("low", "high")
        )
        return Stops(low=low, high=high)

    def released(self, instant: int) -> tuple[Array, Array, Array]:
        """Released coordinates, speeds and accelerations (S,1,f) as recorded."""
        free, swings = self.limb.released_in_whole, self.recorded
        q, u, udot = (x[:, None, instant][..., free] for x in (swings.q, swings.u, swings.udot))
        return q, u, udot

    def step_s(self, span: int) -> Array:
        """(S,1,1) what a step over so many instants lasts."""
        time_s = self.recorded.time_s
        return np.asarray((time_s[:, span] - time_s[:, 0])[:, None, None])

    def posture(self, instant: int, q_free: Array, u_free: Array) -> tuple[Array, Array]:
        """Coordinates and speeds (S,C,N) of the whole model with the ghosts' own (S,C,f) in their places."""
        free, shape = self.limb.released_in_whole, (*q_free.shape[:-1], self.recorded.q.shape[-1])
        q, u = (np.broadcast_to(x[:, None, instant], shape).copy() for x in (self.recorded.q, self.recorded.u))
        q[..., free], u[..., free] = q_free, u_free
        return q, u

    def equation(self, instant: int, q_free: Array, u_free: Array) -> tuple[Array, Array]:
        """Mass matrix (S,C,f,f) of the released coordinates, and M_fp udot_p + c_f - g_f (S,C,f)."""
        free, recorded = self.own_released, self.recorded
        q, u, udot = (self._own(x[:, None, instant], q_free) for x in (recorded.q, recorded.u, recorded.udot))
        q[..., free], u[..., free], udot[..., free] = q_free, u_free, 0.0
        matrix, bias = self.leg.equation(q, u, udot, self.base.at((slice(None), None, instant)))
        return matrix[..., free, :][..., free], bias[..., free]

    def mass_matrix(self, instant: int, q_free: Array, swings: Ints) -> Array:
        """Mass matrix (g,f,f) of the released coordinates (g,f) of some ghosts; which swing each is of (g)."""
        free = self.own_released
        q = self._own(self.recorded.q[swings, instant], q_free)
        q[..., free] = q_free
        matrix = self.leg.of(swings).mass_matrix(q[:, None])[:, 0]
        return matrix[..., free, :][..., free]

    def _own(self, whole: Array, like: Array) -> Array:
        """Copies (..., n') of what the leg has of coordinates (..., N) of the model, as many as others (..., f)."""
        own = whole[..., self.limb.coordinates[self.leg.coordinates]]
        return np.broadcast_to(own, (*like.shape[:-1], own.shape[-1])).copy()

    @cached_property
    def own_released(self) -> list[int]:
        """The released coordinates (f), by index into those of ``leg``."""
        return [int(np.flatnonzero(self.leg.coordinates == k)[0]) for k in self.limb.released]

    def halted(self, instant: int, q: Array, v: Array) -> tuple[Array, Array, Array]:
        """Halt joints that left their range: coordinates and speeds (S,C,f) after it, and which were stopped (0, 1)."""
        out, inside = self.ends.beyond(q, v), self.ends.inside(q)
        if out.any():
            hit = out.any(axis=-1)
            v = v.copy()
            v[hit] = halt(self.mass_matrix(instant, inside[hit], np.nonzero(hit)[0]), v[hit], out[hit])
        return inside, v, out.astype(float)


def line_up_ghosts(analyses: Sequence[Dynamics], cases: Sequence[str], n_instants: int) -> Ghosts:
    """Put a ghost for each swing and case at toe-off.

    Parameters
    ----------
    analyses, cases
        The swings of one leg, of one analysis or of several; and the names of the cases.
    n_instants
        Even instants from toe-off to foot strike at which the integration looks at the recording (I).
    """
    each = [
        line_up_leg(s.inputs, s.kinematics, s.limb, s.events, n_instants, s.whole)
        for s in (dynamics.swings for dynamics in analyses)
    ]
    together = join_swings(each)
    legs = [_held(carried_by(s.limb.model, s.limb.leg.pelvis_body), s.limb, together.q) for s in each]
    bases = [
        leg.motion_of_base(s.limb.model, *(x[..., s.limb.coordinates] for x in (s.q, s.u, s.udot)))
        for leg, s in zip(legs, each, strict=True)
    ]
    masses = [leg.masses.of_each(len(swings.q)) for leg, swings in zip(legs, each, strict=True)]
    return Ghosts(
        analyses=tuple(analyses),
        cases=tuple(cases),
        recorded=together,
        stops=tuple(find_stops(swings) for swings in each),
        leg=legs[0] if len(legs) == 1 else replace(legs[0], masses=join_masses(masses)),
        base=BaseMotion(
            velocity=np.concatenate([base.velocity for base in bases]),
            acceleration=np.concatenate([base.acceleration for base in bases]),
        ),
    )


def _held(leg: Carried, limb: Limb, whole_q: Array) -> Carried:
    """Hold the coordinates that are not released and that no swing (S,K,N) moves, as locked ones are."""
    q = whole_q[..., limb.coordinates[leg.coordinates]].reshape(-1, len(leg.coordinates))
    still = ~np.isin(leg.coordinates, limb.released) & (np.ptp(q, axis=0) == 0.0)
    return leg.held(still, q[0]) if still.any() else leg


@dataclass(frozen=True, kw_only=True)
class GhostPaths:
    """How ghosts went, at even instants (J) from toe-off to foot strike.

    Parameters
    ----------
    dynamics, cases, stops
        Which swings, the name of each case, and where joints stopped.
    away, parting
        (J,S,C,f) coordinates and speeds, less the recorded ones.
    stopped
        (J,S,C,f) where each coordinate was stopped (0 or 1).
    lost
        (J,S,C) whether the leg was given up (0 or 1).
    """

    dynamics: Dynamics
    cases: tuple[str, ...]
    stops: Stops
    away: Array
    parting: Array
    stopped: Array
    lost: Array

    def records(self) -> tuple[dict[str, Ablation], ...]:
        """Give, for each swing, the record of each case, at the swing's own samples.

        Between the instants, cubics of the difference from the recording are drawn. A leg that was given up is nan from
        there on, and so is its peak.
        """
        dynamics, limb = self.dynamics, self.dynamics.limb
        samples = np.linspace(0.0, 1.0, dynamics.time_s.shape[1])
        instants = np.linspace(0.0, 1.0, len(self.away))
        lasting = dynamics.swings.lasting_s[:, None, None]
        away = CubicHermiteSpline(instants, self.away, self.parting * lasting)(samples)
        recorded = np.moveaxis(dynamics.q[..., limb.released], 1, 0)[:, :, None]
        q = self.stops.inside(recorded + away)
        q[interp1d(instants, self.lost, axis=0)(samples) > 0.0] = np.nan
        return tuple(
            {case: self._record(case, k, q[:, k, j], self.stopped[:, k, j]) for j, case in enumerate(self.cases)}
            for k in range(len(dynamics.q))
        )

    def _record(self, case: str, k: int, q: Array, stopped: Array) -> Ablation:
        dynamics, limb, leg = self.dynamics, self.dynamics.limb, self.dynamics.limb.leg
        flexion = leg.knee_sign * q[:, limb.released.index(leg.knee)]
        peak = int(np.argmax(flexion[: _last_sample(dynamics.knee_flexion_rad[k]) + 1]))
        # instants j / J up to the peak's sample, in whole numbers
        until = np.arange(len(stopped)) * (len(q) - 1) <= peak * (len(stopped) - 1)
        names = limb.released_names
        return Ablation(
            case=case,
            time_s=dynamics.time_s[k],
            coordinate_names=names,
            q=q,
            knee_flexion_rad=flexion,
            hip_flexion_rad=q[:, limb.released.index(leg.hip_flexion)],
            peak_flexion_rad=float(flexion[peak]),
            stopped_by=tuple(names[c] for c in np.flatnonzero(stopped[until].any(axis=0))),
        )


def integrate(ghosts: Ghosts, step: Step, span: int, *, whole: bool = True) -> tuple[GhostPaths, ...]:
    """Take every ghost from toe-off to foot strike; those of each analysis are given apart.

    Parameters
    ----------
    ghosts
        At toe-off.
    step
        One step of the integration.
    span
        Instants of the recording that a step spans.
    whole
        Whether to go on to foot strike; else until all peaks are known, and the rest is as of legs that were given up.
    """
    n_steps = (ghosts.recorded.time_s.shape[1] - 1) // span
    shape = (n_steps + 1, len(ghosts.recorded.q), len(ghosts.cases), len(ghosts.limb.released))
    away, parting, stopped, lost = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape[:3], dtype=bool)
    begin_q, begin_v, _ = ghosts.released(0)
    q, v = np.broadcast_to(begin_q, shape[1:]), np.broadcast_to(begin_v, shape[1:])
    last = n_steps if whole else min(n_steps, max(_steps_to_peak(d, n_steps) for d in ghosts.analyses))
    lost[last + 1 :] = True
    for k in range(last):
        q, v = step(k * span, q, v)
        then = (k + 1) * span
        recorded_q, recorded_v, _ = ghosts.released(then)
        gone = lost[k] | ~(np.abs(v - recorded_v).max(axis=-1) < FASTEST_RAD_S)
        q = np.where(gone[..., None], recorded_q, q)
        v = np.where(gone[..., None], recorded_v, v)
        q, v, stopped[k + 1] = ghosts.halted(then, q, v)
        away[k + 1], parting[k + 1], lost[k + 1] = q - recorded_q, v - recorded_v, gone
    begins = np.cumsum([0, *(len(dynamics.q) for dynamics in ghosts.analyses)])
    return tuple(
        GhostPaths(
            dynamics=dynamics,
            cases=ghosts.cases,
            stops=stops,
            away=away[:, a:b],
            parting=parting[:, a:b],
            stopped=stopped[:, a:b],
            lost=lost[:, a:b].astype(float),
        )
        for dynamics, stops, (a, b) in zip(ghosts.analyses, ghosts.stops, pairwise(begins), strict=True)
    )


def _last_sample(knee_flexion_rad: Array) -> int:
    """Last sample at which a ghost may have its peak, by the recorded flexion (K)."""
    return int(_GRACE * np.argmax(knee_flexion_rad))


def _steps_to_peak(dynamics: Dynamics, n_steps: int) -> int:
    """Steps of the integration, one of them to spare, until every swing's ghosts must have had their peaks."""
    last = max(_last_sample(flexion) for flexion in dynamics.knee_flexion_rad)
    n_samples = len(dynamics.knee_flexion_rad[0])
    return -(-last * n_steps // (n_samples - 1)) + 1
