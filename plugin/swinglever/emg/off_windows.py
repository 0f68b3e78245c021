"""When muscles are surely off, by the timing of their EMG: no gain and no maximal contraction is needed.

A channel is quiet where its envelope lies below a twentieth of its peak in the recording, or below what its own noise
may reach. Its muscles are off where it was quiet for as long as force outlasts EMG, and for a little while to come,
because the clocks of two devices differ. The slack is a table, ``models/emg_timing.toml``, with its sources.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from swinglever.anatomy.groups import without_side
from swinglever.arrays import Array, Bools
from swinglever.emg.envelopes import EmgSignals
from swinglever.system.resources import model_file


@dataclass(frozen=True, kw_only=True)
class Slack:
    """How much earlier and later than its EMG a muscle may pull, s."""

    before_s: float
    after_s: float


@dataclass(frozen=True, kw_only=True)
class TimingRules:
    """What counts as off.

    Attributes
    ----------
    off_share
        Share of a channel's peak below which it is quiet.
    noise_margin
        It is quiet below so many times what noise may reach, too.
    least_contrast
        Peak in units of what noise may reach, below which a channel tells nothing.
    slack
        By group of muscles; ``default`` for the others.
    """

    off_share: float
    noise_margin: float
    least_contrast: float
    slack: Mapping[str, Slack]

    def slack_of(self, group: str) -> Slack:
        """Slack of a group's channels."""
        return self.slack.get(group, self.slack["default"])


@cache
def timing_rules() -> TimingRules:
    """Read the table ``models/emg_timing.toml``."""
    table = tomllib.loads(model_file("emg_timing.toml").read_text(encoding="utf-8"))
    return TimingRules(
        off_share=table["off_share"],
        noise_margin=table["noise_margin"],
        least_contrast=table["least_contrast"],
        slack={group: Slack(**entry) for group, entry in table["slack"].items()},
    )


def surely_off(signals: EmgSignals, time_s: Array, rules: TimingRules | None = None) -> Bools:
    """When each channel says that its muscles are off, (K, c), at some times (K).

    Parameters
    ----------
    signals
        The channels (c) of a recording.
    time_s
        (K) times asked about.
    rules
        Thresholds and slack; those of the table when not given.

    Notes
    -----
    Nothing is off within the slack of the recording's ends, nor in a channel that tells nothing. A silent channel is
    off throughout. Multiplying a channel's values changes nothing, and a delay moves every window by itself.
    """
    rules = rules or timing_rules()
    active = ~quiet(signals, rules)
    counts = np.concatenate([np.zeros((1, active.shape[1]), dtype=int), np.cumsum(active, axis=0)])
    columns = []
    for k, channel in enumerate(signals.channels):
        slack = rules.slack_of(channel.group)
        first_s, last_s = time_s - slack.after_s, time_s + slack.before_s
        inside = (first_s >= signals.time_s[0]) & (last_s <= signals.time_s[-1])
        begin = np.searchsorted(signals.time_s, first_s, side="left")
        end = np.searchsorted(signals.time_s, last_s, side="right")
        columns.append(inside & (counts[end, k] == counts[begin, k]))
    return np.stack(columns, axis=1) if columns else np.zeros((len(time_s), 0), dtype=bool)


def quiet(signals: EmgSignals, rules: TimingRules) -> Bools:
    """When each channel's envelope tells nothing but rest, (T, c), without any slack."""
    most = np.maximum(rules.off_share * signals.peak, rules.noise_margin * signals.noise)
    return np.asarray((tells_timing(signals, rules) | signals.silent) & (signals.envelope <= most))


def tells_timing(signals: EmgSignals, rules: TimingRules) -> Bools:
    """Which channels (c) have bursts that stand out of their noise."""
    loud = signals.peak >= rules.least_contrast * signals.noise
    return np.asarray(loud & ~signals.unmeasured & ~signals.silent)


def muscles_of_channels(signals: EmgSignals, muscles: Sequence[str], side: str, *, followers: bool = True) -> Bools:
    """Which muscles (m) of one leg each channel (c) tells of, shape (m, c).

    Parameters
    ----------
    signals, muscles, side
        The channels, names of the model's muscles, and the leg.
    followers
        Whether a channel also tells of the neighbours without a channel of their own: of the short head of biceps
        femoris what the long head's does. Without them, only muscles beneath electrodes are told of.
    """
    told = np.zeros((len(muscles), len(signals.channels)), dtype=bool)
    for k, channel in enumerate(signals.channels):
        if channel.side == side and not signals.unmeasured[k]:
            beneath = (channel.site.name, *channel.site.muscles)
            told[:, k] = [m.endswith(f"_{side}") and without_side(m) in beneath for m in muscles]
    if followers:
        free = ~told.any(axis=1)
        for k, channel in enumerate(signals.channels):
            if channel.side == side and not signals.unmeasured[k]:
                follows = [m.endswith(f"_{side}") and without_side(m) in channel.site.follow for m in muscles]
                told[:, k] |= free & follows
    return told
