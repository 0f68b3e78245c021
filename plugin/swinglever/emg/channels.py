"""Which EMG channel tells of which muscles: by a muscle's own name, or by what laboratories call the place.

A label alone often leaves it open: ``LHAMS`` is the left hamstrings beside ``RHAMS``, the lateral ones beside
``MHAMS``. So the labels of a recording are judged together, and what they leave open is not guessed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from swinglever.anatomy.groups import base_name, group_of, side_of_muscle
from swinglever.arrays import Array
from swinglever.emg.labels import Reading, Site, beside, read_labels
from swinglever.errors import InputError, named

_OTHER = {"r": "l", "l": "r"}
_OUTPUTS = ("activation", "excitation")
"""Of a muscle, at the end of its path."""
NOTHING = "none"
"""Meaning of a channel that the user leaves out."""
_ENOUGH = 2
"""Labels without a side, before an open one is read without."""


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
    may_be
        Other places that the name may stand for, in words, its own first; empty where it is certain.
    """

    column: int
    name: str
    side: str
    site: Site
    stated: bool = True
    perhaps: str = ""
    may_be: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """Group of the muscles beneath."""
        return group_of(self.site.muscles[0])


def read_channels(
    names: Sequence[str], muscles: Iterable[str], meanings: Mapping[str, str] | None = None
) -> tuple[EmgChannel, ...]:
    """Find the channels that are known, or known in part, among all of a recording.

    Parameters
    ----------
    names
        Of the recording's columns.
    muscles
        Of the model: a column of such a name (or of its path) stands for that muscle alone.
    meanings
        By column, what the user says that it is: the name of a muscle, a label that is certain on its own, or ``none``.

    Raises
    ------
    InputError
        When a meaning is of no column, or is itself open.
    """
    own = {muscle.lower(): muscle for muscle in muscles}
    given = {name: _meaning(name, text, names, own) for name, text in (meanings or {}).items()}
    labels = [k for k, name in enumerate(names) if name not in given and not _own_muscle(name, own)]
    settled = dict(zip(labels, settle(read_labels([names[k] for k in labels])), strict=True))
    found = []
    for k, name in enumerate(names):
        if name in given:
            channel = given[name]
            found += [] if channel is None else [replace(channel, column=k, name=name)]
        elif muscle := _own_muscle(name, own):
            found.append(_of_muscle(k, name, muscle))
        elif settled[k]:
            found.append(_of_readings(k, name, settled[k]))
    return tuple(found)


def _meaning(name: str, text: str, names: Sequence[str], own: Mapping[str, str]) -> EmgChannel | None:
    """Channel that a user's word stands for; None where it says to leave it out."""
    if name not in names:
        raise InputError(f"emg_names: there is no channel {name!r}; there are {named(names)}")
    if text.strip().lower() == NOTHING:
        return None
    (channel,) = read_channels((text,), own.values()) or (None,)
    if channel is None or channel.may_be or channel.perhaps:
        example = "'right biceps femoris', a muscle of the model, or 'none'"
        raise InputError(f"emg_names: expected a muscle for {name!r}, as in {example}, got {text!r}")
    return channel


def _own_muscle(name: str, own: Mapping[str, str]) -> str | None:
    parts = [part.strip().lower() for part in name.split("/")]
    return own.get(parts[-2] if len(parts) > 1 and parts[-1] in _OUTPUTS else parts[-1])


def _of_muscle(column: int, name: str, muscle: str) -> EmgChannel:
    base = base_name(muscle)
    return EmgChannel(column=column, name=name, side=side_of_muscle(muscle), site=Site(name=base, muscles=(base,)))


def _of_readings(column: int, name: str, readings: tuple[Reading, ...]) -> EmgChannel:
    """Make a channel of what is left of the readings; of one place it is known even where its side is open."""
    first, sides = readings[0], {r.side for r in readings}
    one_place = len({r.site for r in readings}) == 1
    return EmgChannel(
        column=column,
        name=name,
        side=first.side if len(sides) == 1 else "",
        site=first.site,
        stated=first.where in ("first", "last", "amid"),
        perhaps=next((r.side for r in readings if r.side), "") if len(sides) > 1 else "",
        may_be=() if one_place else tuple(dict.fromkeys(r.words for r in readings)),
    )


def settle(read: Sequence[tuple[Reading, ...]]) -> list[tuple[Reading, ...]]:
    """Keep, of every label's readings, those that the other labels of the recording leave open.

    Examples
    --------
    >>> [[r.words for r in kept] for kept in settle(read_labels(["LHAMS", "MHAMS"]))]
    [['lateral hamstrings'], ['medial hamstrings']]
    >>> [[r.words for r in kept] for kept in settle(read_labels(["LHAMS", "RHAMS"]))]
    [['left hamstrings'], ['right hamstrings']]
    """
    paired = [_by_pairs(mine, read) for mine in read]
    styled = [_by_custom(mine, paired) for mine in paired]
    return [_by_places(mine, styled) for mine in styled]


def _by_pairs(mine: tuple[Reading, ...], read: Sequence[tuple[Reading, ...]]) -> tuple[Reading, ...]:
    """A side has its like on the other side, a lateral place its medial one; both at once leave it open."""
    if len({(r.side, r.site) for r in mine}) < 2:
        return mine[:1]
    present = {(r.where, r.side, r.rest) for readings in read for r in readings}
    bare = {(r.side, r.rest) for readings in read for r in readings}
    sided = tuple(r for r in mine if r.side and (r.where, _OTHER[r.side], r.rest) in present)
    placed = tuple(r for r in mine if any((r.side, other) in bare for other in r.opposites()))
    if sided and placed and not set(sided) & set(placed):
        return mine
    both = tuple(r for r in sided if r in placed)
    return both or sided or placed or mine


def _by_custom(mine: tuple[Reading, ...], read: Sequence[tuple[Reading, ...]]) -> tuple[Reading, ...]:
    """Where all certain labels have their side in one place, or none has any, so has an open one."""
    if len({(r.side, r.site) for r in mine}) < 2:
        return mine
    certain = [r[0] for r in read if len({(x.where, x.side) for x in r}) == 1]
    if not certain:
        # One place, and a letter that stands alone: BF_L is left before it is a long head.
        alone = tuple(r for r in mine if r.where in ("first", "last"))
        return alone if len({r.site for r in mine}) == 1 and alone else mine
    where, sides = certain[0].where, {r.side for r in certain}
    if len({r.where for r in certain}) > 1 or (where == "nowhere" and len(certain) < _ENOUGH):
        return mine
    return tuple(r for r in mine if r.where == where and r.side in sides) or mine


def _by_places(mine: tuple[Reading, ...], read: Sequence[tuple[Reading, ...]]) -> tuple[Reading, ...]:
    """Of one name for several places, take the one that another name calls for, or that no other channel has."""
    if len({r.site for r in mine}) < 2 or len({(r.side, r.rest) for r in mine}) > 1:
        return mine
    others = [r for r in read if r is not mine]
    rests = {r.rest for readings in others for r in readings}
    wanted = {place for name, place in beside(mine[0].rest).items() if name in rests}
    taken = {r[0].site.name for r in others if len({x.site for x in r}) == 1}
    if wanted & taken:
        wanted = set()
    left = [r for r in mine if (r.site.name in wanted if wanted else r.site.name not in taken)]
    return tuple(left) if len(left) == 1 else mine


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
            base = base_name(muscle)
            if side_of_muscle(muscle) != side:
                continue
            own[m, k] = channel.site.name == base
            beneath[m, k] = base in channel.site.muscles
            follow[m, k] = base in channel.site.follow
    shares = np.zeros_like(own)
    for kind in (own, beneath, follow):
        free = ~shares.any(axis=1) & kind.any(axis=1)
        shares[free] = kind[free] / kind[free].sum(axis=1, keepdims=True)
    return shares
