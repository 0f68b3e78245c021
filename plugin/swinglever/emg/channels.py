"""Which EMG channel tells of which muscles: by a muscle's own name, or by what laboratories call the place."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from swinglever.anatomy.groups import group_of, without_side
from swinglever.arrays import Array
from swinglever.system.resources import model_file

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_UNIT = re.compile(r"[\W_]*(?<![A-Za-z])[muµ\u03bc]?V[\W_]*$")
_SENSOR = re.compile(r"(?i)^m\.|: ?emg\b.*$")
"""``M.`` for muscle in front, and Delsys' output behind: ``R RECTUS FEMORIS: EMG.A 1``."""
_SIDES = {"right": "r", "left": "l", "rt": "r", "lt": "l", "r": "r", "l": "l"}
_OTHER = {"r": "l", "l": "r"}
# fmt: off
_IDLE = {
    "emg", "semg", "imemg", "im", "ch", "channel", "sensor", "analog", "voltage", "electric", "potential",
    "avanti", "trigno", "mini", "quattro", "delsys", "noraxon", "ultium", "dynamic", "imported", "raw", "env",
    "envelope", "filt", "filtered", "norm", "normalized", "normalised", "rms",
}
# fmt: on
"""Words that do not tell the muscle."""
_VAGUE = {"g", "h"}
"""Tell no muscle, yet LG and LH may be the left ones of these."""
_OUTPUTS = ("activation", "excitation")
"""Of a muscle, at the end of its path."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """A place for electrodes: the muscles beneath, and those that follow where they have no channel of their own."""

    name: str
    muscles: tuple[str, ...]
    follow: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EmgChannel:
    """A channel of a recording that is known.

    Attributes
    ----------
    column
        Of the recording.
    name
        As the recording has it.
    side
        ``r``, ``l``, or empty where the name does not tell.
    site
        What it stands for.
    stated
        Whether a word of the name is the side, and nothing was concluded from a letter in front or behind.
    perhaps
        Side that a letter of the name may mean where nothing tells whether it does: ``l`` for BFL, the long head too.
    """

    column: int
    name: str
    side: str
    site: Site
    stated: bool = True
    perhaps: str = ""

    @property
    def group(self) -> str:
        """Group of the muscles beneath."""
        return group_of(self.site.muscles[0])


@cache
def sites() -> dict[str, Site]:
    """Places for electrodes by every name that they go by, in plain letters."""
    table = tomllib.loads(model_file("emg_channels.toml").read_text(encoding="utf-8"))["site"]
    found: dict[str, Site] = {}
    for name, entry in table.items():
        site = Site(name=name, muscles=tuple(entry["muscles"]), follow=tuple(entry["follow"]))
        found |= {alias.replace(" ", ""): site for alias in (*entry["names"], name.replace("_", ""))}
    return found


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One way to read a name.

    Attributes
    ----------
    where
        What the side is: a ``word``, or written together with the rest ``before`` or ``behind`` it; or ``nowhere``.
    side
        ``r``, ``l`` or empty.
    rest
        Plain letters of the rest.
    """

    where: str
    side: str
    rest: str

    @property
    def site(self) -> Site | None:
        """What the rest stands for; None where it is too short to tell."""
        return sites().get(self.rest)


def read_channels(names: Sequence[str], muscles: Iterable[str]) -> tuple[EmgChannel, ...]:
    """Find the channels that are known among all of a recording.

    Parameters
    ----------
    names
        Of the recording's columns.
    muscles
        Of the model: a column of such a name (or of its path) stands for that muscle alone.
    """
    own = {muscle.lower(): muscle for muscle in muscles}
    read = [() if _own_muscle(name, own) else read_label(name) for name in names]
    found = (
        _of_muscle(k, name, muscle) if (muscle := _own_muscle(name, own)) else _of_label(k, name, read)
        for k, name in enumerate(names)
    )
    return tuple(channel for channel in found if channel is not None)


def _own_muscle(name: str, own: dict[str, str]) -> str | None:
    parts = [part.strip().lower() for part in name.split("/")]
    return own.get(parts[-2] if len(parts) > 1 and parts[-1] in _OUTPUTS else parts[-1])


def _of_muscle(column: int, name: str, muscle: str) -> EmgChannel:
    base = without_side(muscle)
    return EmgChannel(column=column, name=name, side=muscle[len(base) + 1 :], site=Site(name=base, muscles=(base,)))


def _of_label(column: int, name: str, read: Sequence[tuple[Reading, ...]]) -> EmgChannel | None:
    """Take the reading that the other names of the recording go with: BFL beside BFR is the left one."""
    mine = read[column]
    pairs = {(r.where, r.side, r.rest) for readings in read for r in readings}
    paired = [r for r in mine if r.side and (r.where, _OTHER[r.side], r.rest) in pairs]
    customs = {readings[0].where for readings in read if len(readings) == 1}
    fitting = paired or [r for r in mine if len({r.side for r in mine}) == 1 or customs == {r.where}]
    chosen = fitting[0] if fitting else next((r for r in mine if r.site is not None), None)
    if chosen is None or chosen.site is None:
        return None
    perhaps = "" if fitting else next(r.side for r in mine if r.side)
    side = chosen.side if fitting else ""
    stated = chosen.where == "word"
    return EmgChannel(column=column, name=name, side=side, site=chosen.site, stated=stated, perhaps=perhaps)


def read_label(name: str) -> tuple[Reading, ...]:
    """Every way to read a channel's name; none where it is not known.

    Examples
    --------
    >>> [(r.where, r.side, r.rest) for r in read_label("R Biceps Femoris: EMG 1")]
    [('word', 'r', 'bicepsfemoris')]
    >>> [(r.where, r.side, r.rest) for r in read_label("BFL")]
    [('nowhere', '', 'bfl'), ('behind', 'l', 'bf')]
    >>> read_label("Fz1")
    ()
    """
    words = [word.lower() for word in _WORD.findall(_UNIT.sub("", _SENSOR.sub("", name)))]
    told = {_SIDES[word] for word in words if word in _SIDES}
    plain = "".join(word for word in words if word not in _SIDES and word not in _IDLE)
    whole = [Reading(where="nowhere", side="", rest=plain)] if plain in sites() else []
    parts = [
        Reading(where=where, side=side, rest=rest)
        for where, cut in (("before", str.removeprefix), ("behind", str.removesuffix))
        for mark, side in _SIDES.items()
        if (rest := cut(plain, mark)) != plain and (rest in sites() or rest in _VAGUE)
    ]
    if not told:
        return (*whole, *parts)
    # A side said twice, as in LVL_L, is one; two different ones are none.
    said = whole or [part for part in parts if {part.side} == told and part.site is not None]
    return tuple(Reading(where="word", side=side, rest=said[0].rest) for side in told if said and len(told) == 1)


def drive_shares(channels: Sequence[EmgChannel], muscles: Sequence[str], side: str) -> Array:
    """How much of each muscle's wanted activation comes from each channel, shape (m, c); rows sum to one or are zero.

    Parameters
    ----------
    channels
        (c).
    muscles
        (m) of the model, of one leg or more.
    side
        Of the leg: channels and muscles of the other one have no share.
    """
    own, beneath, follow = (np.zeros((len(muscles), len(channels))) for _ in range(3))
    for k, channel in enumerate(channels):
        if channel.side != side:
            continue
        for m, muscle in enumerate(muscles):
            base = without_side(muscle)
            if not muscle.endswith(f"_{side}"):
                continue
            own[m, k] = channel.site.name == base
            beneath[m, k] = base in channel.site.muscles
            follow[m, k] = base in channel.site.follow
    shares = np.zeros_like(own)
    for kind in (own, beneath, follow):
        free = ~shares.any(axis=1) & kind.any(axis=1)
        shares[free] = kind[free] / kind[free].sum(axis=1, keepdims=True)
    return shares
