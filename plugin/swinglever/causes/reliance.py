"""What a verdict rests on, and how far off that may be: limits in one table, beyond which a swing is undecided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from swinglever.arrays import Array
from swinglever.causes.verdict import UNDECIDED
from swinglever.records.bounds import HAMSTRINGS
from swinglever.records.kinematics import Kinematics
from swinglever.records.report import Swing
from swinglever.system.resources import model_table

_EDGE_S = 0.03
"""As long as a plate's force rises or fades below the contact threshold. It is left out of the moments there, and what
it would have borne is no work that muscles left to reserves."""


@dataclass(frozen=True, kw_only=True)
class Reliance:
    """Limits of what a verdict rests on, from ``[reliance]`` of ``models/evidence.toml``.

    Attributes
    ----------
    marker_rms_m, marker_worst_m
        Root mean square and largest distance of the markers from the model's, each the median over the swing.
    reserve_share
        Reserve at the knee as a share of the net moment, each the root mean square over the swing.
    force_late_s
        How much later, or earlier, than the feet the ground forces may be, where the swing's events come from them.
    """

    marker_rms_m: float
    marker_worst_m: float
    reserve_share: float
    force_late_s: float


@cache
def reliance_limits() -> Reliance:
    """Read the limits."""
    return Reliance(**model_table("evidence.toml")["reliance"])


def withhold(swings: Sequence[Swing], kinematics: Kinematics, force_late_s: float) -> tuple[Swing, ...]:
    """Make every verdict ``undecided`` that rests on something beyond its limit, with the reason.

    Parameters
    ----------
    swings, kinematics
        What was found, and the motion that it was found of.
    force_late_s
        How much later than the feet the ground forces are; nan where that is not known.
    """
    return tuple(_withheld(swing, kinematics, force_late_s) for swing in swings)


def _withheld(swing: Swing, kinematics: Kinematics, force_late_s: float) -> Swing:
    if swing.verdict == UNDECIDED and not swing.evidence:
        return swing  # nothing was solved that could be relied upon
    limits = reliance_limits()
    doubts = [*_fit(swing, kinematics, limits), *_muscles(swing, limits)]
    if swing.event_source == "ground_force" and abs(force_late_s) > limits.force_late_s:
        late = f"{1e3 * abs(force_late_s):.0f} ms {'later' if force_late_s > 0 else 'earlier'} than the feet"
        doubts.append(f"the ground forces come {late} (limit {1e3 * limits.force_late_s:.0f} ms)")
    if not doubts:
        return swing
    reason = f"Nothing is decided, for {'; '.join(doubts)}. {swing.verdict_reason}"
    return replace(swing, verdict=UNDECIDED, evidence=UNDECIDED, verdict_reason=reason)


def _fit(swing: Swing, kinematics: Kinematics, limits: Reliance) -> list[str]:
    """How far the markers are from the model's in a swing, beyond the limits."""
    inside = (kinematics.time_s >= swing.toe_off_s) & (kinematics.time_s <= swing.foot_strike_s)
    rms_m, worst_m = (_median(error[inside]) for error in (kinematics.marker_rms_m, kinematics.marker_max_m))
    told = []
    if rms_m > limits.marker_rms_m:
        told.append(f"the markers are {1e3 * rms_m:.0f} mm from the model's (limit {1e3 * limits.marker_rms_m:.0f} mm)")
    elif worst_m > limits.marker_worst_m:
        limit = f"{1e3 * limits.marker_worst_m:.0f} mm"
        told.append(f"the worst marker is {1e3 * worst_m:.0f} mm from the model's (limit {limit})")
    return told


def _median(error_m: Array) -> float:
    seen = error_m[np.isfinite(error_m)]
    return float(np.median(seen)) if seen.size else 0.0


def _muscles(swing: Swing, limits: Reliance) -> list[str]:
    """Hamstrings that cannot be told, and reserves that did the muscles' work."""
    muscles = swing.muscles
    if muscles is None:
        return []
    told = [] if muscles.in_group(HAMSTRINGS) else ["none of the model's muscles is known as a hamstring"]
    inside = (swing.time_s >= swing.toe_off_s + _EDGE_S) & (swing.time_s <= swing.foot_strike_s - _EDGE_S)
    reserve = _size(muscles.reserve_nm[inside])
    for name, short in zip(muscles.coordinate_names, reserve, strict=True):
        whole = float(_size(swing.moments.of(name)[inside]))
        if name == swing.knee_coordinate and short > limits.reserve_share * whole:
            told.append(f"reserves made {100.0 * short / whole:.0f} % of the moment at {name}")
    return told


def _size(moment_nm: Array) -> Array:
    """Root mean square over the swing (K, ...)."""
    return np.asarray(np.sqrt(np.mean(moment_nm**2, axis=0)))
