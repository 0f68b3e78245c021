"""Which EMG channel tells of which muscles: by a muscle's own name, or by what laboratories call the place."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from swinglever.arrays import Array
from swinglever.muscle_groups import group_of, without_side
from swinglever.resources import model_file

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_UNIT = re.compile(r"\W*\b[muµ]?V\b\W*$")
_SIDES = {"r": "r", "rt": "r", "right": "r", "l": "l", "lt": "l", "left": "l"}
_IDLE = {"emg", "semg", "imemg", "ch", "channel", "sensor", "analog", "voltage", "avanti", "raw", "env"}
"""Words that do not tell the muscle."""


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
    """

    column: int
    name: str
    side: str
    site: Site

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
    found = (_read_channel(k, name, own) for k, name in enumerate(names))
    return tuple(channel for channel in found if channel is not None)


def _read_channel(column: int, name: str, own: dict[str, str]) -> EmgChannel | None:
    muscle = own.get(name.split("/")[-1].strip().lower())
    if muscle is not None:
        base = without_side(muscle)
        return EmgChannel(column=column, name=name, side=muscle[len(base) + 1 :], site=Site(name=base, muscles=(base,)))
    side, site = read_label(name)
    return None if site is None else EmgChannel(column=column, name=name, side=side, site=site)


def read_label(name: str) -> tuple[str, Site | None]:
    """Side and place that a channel's name tells; empty and None where it does not.

    Examples
    --------
    >>> [(side, site.name) for side, site in map(read_label, ("BF_R", "LVastLat", "R Biceps Femoris: EMG 1", "RF"))]
    [('r', 'biceps_femoris'), ('l', 'vastus_lateralis'), ('r', 'biceps_femoris'), ('', 'rectus_femoris')]
    >>> read_label("RT BICEPS FEM.,uV")[0], read_label("BFL")[0]
    ('r', '')
    >>> read_label("Fz1")
    ('', None)
    """
    words = [word.lower() for word in _WORD.findall(_UNIT.sub("", name))]
    told = [_SIDES[word] for word in words if word in _SIDES]
    plain = "".join(word for word in words if word not in _SIDES and word not in _IDLE)
    side = told[0] if len(set(told)) == 1 else ""
    if plain in sites():
        return side, sites()[plain]
    # Written together, as in LVL; a letter behind is no side, for BFL is also the long head.
    for mark in ("right", "left", "rt", "lt", "r", "l"):
        rest = plain.removeprefix(mark)
        if rest != plain and not side and rest in sites():
            return _SIDES[mark], sites()[rest]
    return side, None


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
