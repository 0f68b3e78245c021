"""Every way to read the label of one EMG channel; which of them holds is for the labels beside it to say."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations, product
from typing import Any

from swinglever.system.resources import model_table

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_UNIT = re.compile(r"[\W_]*(?<![A-Za-z])[muµ\u03bc]?V[\W_]*$")
_SENSOR = re.compile(r"(?i)^m\.|:? ?\bemg\.[a-d](?![a-z])")
"""``M.`` for muscle in front, and the letter of Delsys' output: ``R RECTUS FEMORIS: EMG.A 1``."""
_OPPOSITE = {"l": "msb"}
"""Lateral or long, and what stands beside it: medial, short, brevis."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """A place for electrodes: the muscles beneath, and those that follow where they have no channel of their own."""

    name: str
    muscles: tuple[str, ...]
    follow: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Its name for people."""
        return self.name.replace("_", " ")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One way to read a label.

    Attributes
    ----------
    where
        Where the side stands: the ``first``, ``last`` or another (``amid``) word; written together with the rest
        ``before`` or ``behind`` it; or ``nowhere``.
    side
        ``r``, ``l`` or empty.
    rest
        Plain letters of the rest.
    site
        What the rest stands for, or may stand for.
    """

    where: str
    side: str
    rest: str
    site: Site

    @property
    def words(self) -> str:
        """The reading for people: ``left hamstrings``."""
        return " ".join(word for word in ({"r": "right", "l": "left", "": ""}[self.side], self.site.words) if word)

    def opposites(self) -> set[str]:
        """What a place's neighbour would be called: ``mhams`` for ``lhams``, where the letter is not the side."""
        first, last = self.rest[:1], self.rest[-1:]
        return {other + self.rest[1:] for other in _OPPOSITE.get(first, "")} | {
            self.rest[:-1] + other for other in _OPPOSITE.get(last, "")
        }


@cache
def _table() -> dict[str, Any]:
    return model_table("emg_channels.toml")


@cache
def places() -> dict[str, Site]:
    """Places for electrodes by their own name."""
    return {
        name: Site(name=name, muscles=tuple(entry["muscles"]), follow=tuple(entry["follow"]))
        for name, entry in _table()["site"].items()
    }


@cache
def sites() -> dict[str, tuple[Site, ...]]:
    """Places for electrodes by every name that they go by, in plain letters; more than one where that is open."""
    found = {name: (place,) for key, place in places().items() for name in names_of(key)}
    doubts = {name: tuple(places()[s] for s in doubt["sites"]) for name, doubt in _table()["doubtful"].items()}
    return found | doubts


def names_of(key: str) -> set[str]:
    """Every name of one place, in plain letters."""
    entry = _table()["site"][key]
    made = {"".join(order) for words in product(*entry.get("parts", [])) for order in permutations(words)}
    return {name.replace(" ", "").replace("_", "") for name in (key, *entry["names"], *made)} - {""}


@cache
def beside(plain: str) -> dict[str, str]:
    """Where a name is open, the place that it stands for beside another name."""
    return dict(_table()["doubtful"].get(plain, {}).get("beside", {}))


@cache
def _sides() -> dict[str, str]:
    return {word: side for side in "rl" for word in _table()["words"][side]}


def split_labels(labels: Sequence[str]) -> list[tuple[str, ...]]:
    """Words of every label, lower case, without idle ones; sides in other languages' letters are r and l afterwards.

    Examples
    --------
    >>> split_labels(["Ultium EMG.RT RECTUS FEM., uV", "DxBicFem", "EMG1.RVL", "Fémoral_2"])
    [('rt', 'rectus', 'fem'), ('dx', 'bic', 'fem'), ('rvl',), ('femoral',)]
    """
    idle = set(_table()["words"]["idle"])
    split = [tuple(w for w in _words(label) if w not in idle) for label in labels]
    for right, left in _table()["words"]["letters"]:
        stems = [{words[:-1] for words in split if words[-1:] == (letter,)} for letter in (right, left)]
        if len(stems[0]) > 1 and stems[0] == stems[1] and all(words[-1:] in ((right,), (left,)) for words in split):
            return [(*words[:-1], "r" if words[-1] == right else "l") for words in split]
    return split


def _words(label: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", _UNIT.sub("", label.strip())).encode("ascii", "ignore").decode()
    return [word.lower() for word in _WORD.findall(_SENSOR.sub("", plain))]


def read_labels(labels: Sequence[str]) -> list[tuple[Reading, ...]]:
    """Every way to read each label; none where it tells no muscle.

    Examples
    --------
    >>> [(r.where, r.side, r.rest) for r in read_labels(["R Biceps Femoris: EMG 1"])[0]]
    [('first', 'r', 'bicepsfemoris')]
    >>> [r.words for r in read_labels(["LHAMS"])[0]]
    ['lateral hamstrings', 'left hamstrings']
    >>> read_labels(["Fz1"])
    [()]
    """
    split = split_labels(labels)
    common = set(split[0]).intersection(*split[1:]) - set(_sides()) if len(split) > 2 else set()
    return [_readings(words) or _readings(tuple(w for w in words if w not in common)) for words in split]


def _readings(words: tuple[str, ...]) -> tuple[Reading, ...]:
    if not words or set(words) & set(_table()["words"]["other"]):
        return ()
    told = {_sides()[word] for word in words if word in _sides()}
    found = [*_known("nowhere", "", "".join(words))]
    for k, word in enumerate(words):
        if word in _sides():
            where = "first" if k == 0 else "last" if k == len(words) - 1 else "amid"
            found += _known(where, _sides()[word], "".join(words[:k] + words[k + 1 :]))
    if found and told:
        return tuple(found)
    # A side said twice, as in LVL_L, is one; two different ones are none.
    plain = "".join(word for word in words if word not in _sides())
    for mark, side in _sides().items():
        if told <= {side}:
            for where, rest in (("before", plain.removeprefix(mark)), ("behind", plain.removesuffix(mark))):
                found += _known(where, side, rest) if rest != plain else ()
    if not found and words[0].startswith("m"):  # M_soleus, M VL rechts: for muscle
        return _readings((*([words[0][1:]] if words[0] != "m" else []), *words[1:]))
    return tuple(dict.fromkeys(found))


def _known(where: str, side: str, rest: str) -> list[Reading]:
    return [Reading(where=where, side=side, rest=rest, site=site) for site in sites().get(rest, ())]
