"""What is known of a swing's early fold, in plain numbers: all that a verdict may rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Ends = tuple[float, float]
"""Least and largest, degrees."""


@dataclass(frozen=True, kw_only=True)
class ToeOff:
    """Where toe-off comes from, and what it does to the finding.

    Attributes
    ----------
    source
        As the swing's events have it.
    error_s
        How far off it may be.
    new_shares
        Shares of new hamstring activation with toe-off as early and as late as that.
    """

    source: str
    error_s: float = 0.0
    new_shares: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Emg:
    """What EMG adds.

    Attributes
    ----------
    allowed_deg
        Range of the new hamstring part, of the channels that do not contradict; None where none are left.
    best_deg
        New hamstring part by static optimization that stays near EMG; None where EMG only limits.
    contradictions
        Channels that are off while moments and model need their muscles.
    channels, on
        Channels of hamstrings, and for what share of early folding each is on.
    """

    allowed_deg: Ends | None
    best_deg: float | None = None
    contradictions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    on: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a swing until half of folding, degrees of flexion, with only the knee released.

    Attributes
    ----------
    gained_deg
        Flexion gained since toe-off.
    net_knee_deg
        Part of the net knee moment.
    new_deg, tail_deg
        Parts of the hamstrings with the least effort: new activation, and what was left over from toe-off.
    moments_deg, plausible_deg
        Ranges of the new part: by the moments, and from what `Limits` allow to be saved to what they allow to be spent.
    whole_deg
        What the moments allow the hamstrings' whole part to be, tail included: the range that is told.
    pull_extra, driven_extra
        Extra effort, as a share of the least, at which the new part reaches a pull, and at which it falls to
        momentum's. inf where no effort does.
    toe_off, emg
        Where toe-off comes from; EMG, if there is any.
    others_deg
        Plausible ranges of other knee flexors by name.
    closure_deg
        What the sources leave of the motion.
    given_deg
        New part and tail of muscle forces that were given from outside; None where there are none.
    unturned_deg
        New part with the least effort that leaves the moment open which turns the thigh about its own axis; None where
        nothing turns it.
    gait
        What the limits were calibrated on is running; of any other gait nothing is said.
    """

    gained_deg: float
    net_knee_deg: float
    new_deg: float
    tail_deg: float
    moments_deg: Ends
    plausible_deg: Ends
    whole_deg: Ends
    pull_extra: float
    driven_extra: float
    toe_off: ToeOff
    emg: Emg | None = None
    others_deg: Mapping[str, Ends] = field(default_factory=dict)
    closure_deg: float = 0.0
    given_deg: tuple[float, float] | None = None
    unturned_deg: float | None = None
    gait: str = "running"
