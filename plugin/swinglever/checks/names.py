"""Do the names fit? Prefixes that a recording system puts before every marker, and the nearest names."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches

from swinglever.records.faults import Fault


def common_prefix(names: Sequence[str], known: Collection[str]) -> str:
    """Prefix that most names share and without which more of them are known; empty when there is none.

    Examples
    --------
    >>> common_prefix(["Subj01:RASI", "Subj01:LASI"], {"RASI", "LASI"})
    'Subj01:'
    >>> common_prefix(["RASI", "LASI"], {"RASI", "LASI"})
    ''
    """
    fitting = sum(name in known for name in names)
    best = ""
    candidates = {match[0] for name in names for match in re.finditer(r"^.*?[:_.\- ]", name)}
    candidates |= {name[: -len(end)] for name in names for end in known if name.endswith(end) and name != end}
    for prefix in sorted(candidates):
        shared = [name for name in names if name.startswith(prefix)]
        stripped = sum(name[len(prefix) :] in known for name in shared)
        if len(shared) > 0.5 * len(names) and stripped > fitting:
            best, fitting = prefix, stripped
    return best


def respell(names: Sequence[str], known: Collection[str]) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """Give names as those that are known, where most of them differ alike: a prefix, a suffix, case, points.

    Returns
    -------
    names
        As they were where nothing is gained.
    mends
        What they had, and what was done.

    Examples
    --------
    >>> respell(["Subj01:rasi", "Subj01:lasi"], {"RASI", "LASI"})[0]
    ('RASI', 'LASI')
    >>> respell(["RASI_raw", "LASI_raw"], {"RASI", "LASI"})
    (('RASI', 'LASI'), [("end with '_raw'", 'dropped it')])
    >>> respell(["RASI", "Lasi"], {"RASI", "LASI"})
    (('RASI', 'Lasi'), [])
    """
    found, mends = tuple(names), list[tuple[str, str]]()
    for told, mended in ((_without_begin, "dropped it"), (_without_end, "dropped it"), (_as_known, "took the model's")):
        what, other = told(found, known)
        if what and len(set(other)) == len(other):
            found = other
            mends.append((what, mended))
    return found, mends


def respelt_faults(begin: Fault, mends: Iterable[tuple[str, str]]) -> list[Fault]:
    """Tell each thing that `respell` did; ``got`` begins with what has the names, ``mend`` ends with how many fit."""
    return [replace(begin, got=f"{begin.got} that {what}", mend=f"{done}; {begin.mend}") for what, done in mends]


def _without_begin(names: Sequence[str], known: Collection[str]) -> tuple[str, tuple[str, ...]]:
    prefix = common_prefix(names, known) or common_prefix([n.lower() for n in names], [k.lower() for k in known])
    cut = tuple(name[len(prefix) :] if name.lower().startswith(prefix.lower()) else name for name in names)
    return (f"begin with {names[0][: len(prefix)]!r}" if prefix else ""), cut


def _without_end(names: Sequence[str], known: Collection[str]) -> tuple[str, tuple[str, ...]]:
    suffix = common_prefix([n[::-1] for n in names], {k[::-1] for k in known})[::-1]
    return (f"end with {suffix!r}" if suffix else ""), tuple(name.removesuffix(suffix) for name in names)


def _as_known(names: Sequence[str], known: Collection[str]) -> tuple[str, tuple[str, ...]]:
    plain = {_plain(other): other for other in known}
    other = tuple(name if name in known else plain.get(_plain(name), name) for name in names)
    gained = [name for name, mine in zip(names, other, strict=True) if name != mine]
    return (f"are spelt like {gained[0]!r}" if 2 * len(gained) > len(names) else ""), other


def several_prefixes(names: Sequence[str], known: Collection[str], least: int = 3) -> tuple[str, ...]:
    """Prefixes that each stand before some known names: several persons in one recording; empty for one.

    Examples
    --------
    >>> names = [f"{who}:{marker}" for who in ("Ann", "Bob") for marker in ("RASI", "LASI", "RKNE")]
    >>> several_prefixes(names, {"RASI", "LASI", "RKNE"})
    ('Ann:', 'Bob:')
    >>> several_prefixes(["Ann:RASI", "Ann:LASI", "Ann:RKNE"], {"RASI", "LASI", "RKNE"})
    ()
    """
    before = [name[: -len(end)] for name in names for end in known if name.endswith(end) and name != end]
    found = tuple(sorted({p for p in before if p[-1] in ":_.- " and before.count(p) >= least}))
    return found if len(found) > 1 else ()


def nearest(name: str, known: Collection[str]) -> str:
    """Name among the known ones that looks most like this one; empty when none does.

    Examples
    --------
    >>> nearest("R.Knee.Lat", ["RKneeLat", "LKneeLat"])
    'RKneeLat'
    >>> nearest("RKneeLat", ["Sternum", "LKneeLat"])
    ''
    """
    plain = {_plain(other): other for other in known if not _other_side(_plain(name), _plain(other))}
    found = get_close_matches(_plain(name), list(plain), n=1, cutoff=0.7)
    return plain[found[0]] if found else ""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _other_side(name: str, other: str) -> bool:
    """Whether two plain names differ in the side alone."""
    differing = [{a, b} for a, b in zip(name, other, strict=False) if a != b]
    return len(name) == len(other) and differing == [{"r", "l"}]


def some(names: Collection[str], most: int = 8) -> str:
    """Return names as text, cut where they are many."""
    listed = list(names)
    return ", ".join(listed[:most]) + (f" and {len(listed) - most} more" if len(listed) > most else "")
