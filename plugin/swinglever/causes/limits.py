"""Where the words of a verdict turn, and on which swings that was calibrated: what ``models/evidence.toml`` says."""

import math
from dataclasses import dataclass
from functools import cache

from swinglever.system.resources import model_table

NOT_CALIBRATED = "what makes a verdict was calibrated on running"
EMG_OFF = "is off in early folding"
"""Said of any other gait."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Where the words turn, and how far off what they rest on may be: as calibrated, in ``models/evidence.toml``.

    Attributes
    ----------
    pull_share
        Share of the early flexion from which new hamstring activation makes the swing ``hamstring-initiated``.
    driven_share
        Below this share it is ``momentum-driven``.
    net_deg
        The net knee moment's part is known to so many degrees, so less is ``neither``.
    least_flexion_deg
        Below this gain of flexion a share of it means nothing.
    open_closure_deg
        Above this, the sources do not sum to the motion, and nothing is decided.
    less_extra, more_extra
        Extra effort, as a share of the least, by which the hamstrings' part may be lower, and higher, than with the
        least effort. Muscles that work against each other only ever raise it.
    range_share, least_deg
        As the model is not the runner, ends of what moments or EMG allow may lie farther out by this share, and the
        least part lower by so many degrees.
    off_share, on_share
        Hamstrings are off where no channel is on for more than this share of early folding, and on where their
        channels are on for that share, in the mean.
    least_channels
        So many channels of hamstrings must be off for a robust verdict; static optimization with EMG counts from so
        many.
    below_share, above_share
        With EMG, the true share may be lower and higher by so much than static optimization has it.
    """

    pull_share: float
    driven_share: float
    net_deg: float
    least_flexion_deg: float
    open_closure_deg: float
    less_extra: float
    more_extra: float
    range_share: float
    least_deg: float
    off_share: float
    on_share: float
    least_channels: int
    below_share: float
    above_share: float


@cache
def calibrated_limits() -> Limits:
    """Read the calibrated limits."""
    table = model_table("evidence.toml")
    return Limits(
        **table["categories"],
        net_deg=table["net"]["known_to_deg"],
        **table["plausible"],
        **table["model"],
        **table["emg"],
    )


_PACE_KNOWN_TO_M_S = 0.1


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """The gait, and the paces, of the swings by which the limits were calibrated."""

    gait: str
    slowest_m_s: float
    fastest_m_s: float

    def doubt(self, gait: str, pace_m_s: float) -> str:
        """Say that a pace lies outside; empty where it does not or is not known (nan), and where the gait is another.

        Examples
        --------
        >>> calibrated_on().doubt("running", 7.0)
        'What makes a verdict was calibrated at 2.5 to 4.5 m/s; this is 7.0 m/s.'
        """
        inside = self.slowest_m_s - _PACE_KNOWN_TO_M_S <= pace_m_s <= self.fastest_m_s + _PACE_KNOWN_TO_M_S
        if gait != self.gait or inside or math.isnan(pace_m_s):
            return ""
        paces = f"{self.slowest_m_s:g} to {self.fastest_m_s:g} m/s"
        return f"What makes a verdict was calibrated at {paces}; this is {pace_m_s:.1f} m/s."


@cache
def calibrated_on() -> Calibrated:
    """Read what the limits were calibrated on."""
    return Calibrated(**model_table("evidence.toml")["calibrated"])
