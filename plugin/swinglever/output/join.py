"""Results of the parts of one trial, joined: swings that were stacked part by part, stacked as if all at once.

Parts have swings of their own, one after the other in time, and otherwise the same groups. Names of entries (sources,
cases, muscles) are put together in the order in which they were first met; what a part lacks is nan, or empty.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate, takewhile
from typing import Any

import numpy as np

from swinglever.output.layer import numbered
from swinglever.output.sides import labels_of
from swinglever.output.unstack import Read
from swinglever.output.variables import OWN_LENGTH, Group, Scale, Variable, nothing_of
from swinglever.records.fields import FIXED, described_fields
from swinglever.records.report import SwingReport

_SWING = "swing"
_ORDER = "_order"
_PRESENT = "present"


class NotAlike(Exception):
    """Parts cannot be joined without their records: one of them keeps a field in another way than the others."""


def join_groups(parts: Sequence[Mapping[str, Read]]) -> dict[str, Group]:
    """Join groups that are stacked along the swings.

    Parameters
    ----------
    parts
        The groups of each part, in the order of the swings; numbers may lie in files still.

    Returns
    -------
    dict
        Groups to be written; arrays are `Stitched`, and are read from the parts while they are written.

    Raises
    ------
    NotAlike
        When parts keep a field in different ways.
    """
    sizes = [len(part[""].labels[_SWING]) for part in parts]
    paths = dict.fromkeys(path for part in parts for path in part if path)
    joined = {path: _join_group([part.get(path) for part in parts], sizes) for path in paths}
    names = tuple(name for part in parts for name in part[""].labels[_SWING])
    if len(set(names)) < len(names):
        raise NotAlike(f"the swings of parts have names of their own: {names}")
    root = Group(scales={_SWING: Scale(labels=names, meaning=parts[0][""].own[_SWING], templates=names)})
    return {"": root, **joined}


@dataclass(frozen=True, kw_only=True)
class Stitched:
    """An array of parts that are laid end to end along its first dimension, each brought to one shape when asked for.

    Parameters
    ----------
    parts
        Each part's own array, an array or a dataset, or None where it has none.
    places
        Where the entries of each go.
    counts
        How long each part is.
    shape, dtype, nothing
        Of the whole, and what fills it where there is nothing.
    """

    parts: tuple[Any, ...]
    places: tuple[tuple[Any, ...], ...]
    counts: tuple[int, ...]
    shape: tuple[int, ...]
    dtype: Any
    nothing: Any

    @property
    def size(self) -> int:
        """Number of values."""
        return int(np.prod(self.shape))

    @property
    def itemsize(self) -> int:
        """Bytes of a value."""
        return int(self.dtype.itemsize)

    def blocks(self, rows: int) -> Iterator[tuple[slice, Any]]:
        """Give the array some rows at a time, and which they are."""
        for begin in range(0, self.shape[0], rows):
            end = min(begin + rows, self.shape[0])
            yield slice(begin, end), self._rows(begin, end)

    def whole(self) -> Any:
        """Give all of it at once."""
        return self._rows(0, self.shape[0])

    def _rows(self, begin: int, end: int) -> Any:
        out = np.full((end - begin, *self.shape[1:]), self.nothing, self.dtype)
        for part, places, last, count in zip(
            self.parts, self.places, accumulate(self.counts), self.counts, strict=True
        ):
            first = last - count
            low, high = max(begin, first), min(end, last)
            if part is not None and low < high:
                values = _numbers(part, slice(low - first, high - first))
                out[np.ix_(range(low - begin, high - begin), *places)] = values
        return out


@dataclass(frozen=True, kw_only=True)
class _Names:
    """The entries of a dimension in all parts: their templates, and where each part's own go."""

    templates: tuple[str, ...]
    labels: tuple[str, ...]
    meaning: str
    places: tuple[list[int], ...]


def _join_group(found: Sequence[Read | None], sizes: Sequence[int]) -> Group:
    known = [group for group in found if group is not None]
    attributes = known[0].attributes
    if any(not _same_attributes(attributes, group.attributes) for group in known):
        raise NotAlike("one value for all swings of a part, and another for those of another")
    names = {
        dimension: _join_names(dimension, found)
        for dimension in dict.fromkeys(d for group in known for d in group.own)
        if dimension not in FIXED
    }
    variables: dict[str, Variable] = {}
    for name in dict.fromkeys(n for group in known for n in group.arrays):
        if not name.endswith(_ORDER) and name != _PRESENT:
            variables[name] = _join_arrays(name, found, names, sizes)
    for dimension in names:
        variables |= _join_order(dimension, found, names, sizes)
    variables |= _join_present(found, sizes)
    scales = {d: Scale(labels=n.labels, meaning=n.meaning, templates=n.templates) for d, n in names.items()}
    return Group(attributes=dict(attributes), scales=scales, variables=variables)


def _same_attributes(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one.keys() == other.keys() and all(bool(np.all(one[name] == other[name])) for name in one)


def _join_names(dimension: str, found: Sequence[Read | None]) -> _Names:
    rows = [() if group is None else numbered(group.templates.get(dimension, ())) for group in found]
    entries = tuple(dict.fromkeys(entry for row in rows for entry in row))
    index = {entry: k for k, entry in enumerate(entries)}
    first = next(group for group in found if group is not None and dimension in group.own)
    templates = tuple(template for template, _ in entries)
    return _Names(
        templates=templates,
        labels=labels_of(templates),
        meaning=first.own[dimension],
        places=tuple([index[entry] for entry in row] for row in rows),
    )


def _join_arrays(
    name: str, found: Sequence[Read | None], names: Mapping[str, _Names], sizes: Sequence[int]
) -> Variable:
    """Join the arrays of one name; one that is the same for all swings stays one."""
    held = [None if group is None else group.arrays.get(name) for group in found]
    known = [array for array in held if array is not None]
    dimensions, first = known[0]
    if any(array[0] != dimensions or array[1].dtype != first.dtype for array in known):
        raise NotAlike(f"'{name}' has other dimensions, or other numbers, in another part")
    if any(d in OWN_LENGTH for d in dimensions):
        raise NotAlike(f"'{name}' is as long as each part needs")
    group = next(g for g in found if g is not None and name in g.arrays)
    about = group.about[name]
    shape = [len(names[d].templates) if d in names else _size_of(d, k, known) for k, d in enumerate(dimensions)]
    swings = dimensions[:1] == (_SWING,)
    if _SWING in dimensions[1:]:
        raise NotAlike(f"'{name}' has the swings behind another dimension")
    inner = range(1 if swings else 0, len(dimensions))
    places = tuple(
        tuple(names[dimensions[k]].places[p] if dimensions[k] in names else range(shape[k]) for k in inner)
        for p in range(len(held))
    )
    if not swings:
        return replace(about, dimensions=dimensions, values=_common(name, held, places, shape))
    stitched = Stitched(
        parts=tuple(None if array is None else array[1] for array in held),
        places=places,
        counts=tuple(sizes),
        shape=(sum(sizes), *shape[1:]),
        dtype=first.dtype,
        nothing=nothing_of(first.dtype),
    )
    whole = stitched.whole() if first.dtype == object else stitched
    return replace(about, dimensions=dimensions, values=whole)


def _size_of(dimension: str, axis: int, known: Sequence[tuple[tuple[str, ...], Any]]) -> int:
    sizes = {int(array.shape[axis]) for _, array in known}
    if dimension != _SWING and len(sizes) > 1:
        raise NotAlike(f"'{dimension}' has several lengths: {sorted(sizes)}")
    return max(sizes)


def _common(name: str, held: Sequence[Any], places: Sequence[tuple[Any, ...]], shape: Sequence[int]) -> Any:
    """Join what is one for all swings of a part: the parts must say the same of every entry that they share."""
    first = next(array for _, array in (item for item in held if item is not None))
    nothing = nothing_of(first.dtype)
    out: Any = np.full(shape, nothing, first.dtype)
    blank = np.ones(shape, bool)
    for item, place in zip(held, places, strict=True):
        if item is None:
            continue
        where = np.ix_(*place)
        values = _numbers(item[1], ...)
        had, free = out[where], blank[where]
        same = (had == values) | ((had != had) & (values != values))
        if not bool(np.all(free | same)):
            raise NotAlike(f"'{name}' is one thing for all swings of a part, and another for those of another")
        out[where], blank[where] = values, False
    return out


def _join_order(
    dimension: str, found: Sequence[Read | None], names: Mapping[str, _Names], sizes: Sequence[int]
) -> dict[str, Variable]:
    """Join who has which entries in which order; nothing where everybody has all of them in the one order."""
    name, own = f"{dimension}{_ORDER}", names[dimension]
    outer = _outer_of(dimension, found)
    if outer is None:
        return {}
    n_own = len(own.templates)
    shape = [len(names[d].templates) for d in outer[1:]]
    whole = np.full((sum(sizes), *shape, n_own), -1, np.int16)
    end = 0
    for p, (group, count) in enumerate(zip(found, sizes, strict=True)):
        begin, end = end, end + count
        if group is None:
            continue
        inner = [names[d].places[p] for d in outer[1:]]
        mine = own.places[p]
        if name in group.arrays:
            order = _numbers(group.arrays[name][1], ...)
        else:
            order = np.broadcast_to(np.arange(len(mine)), (count, *(len(place) for place in inner), len(mine)))
        whole[np.ix_(range(begin, end), *inner, mine)] = order
    if bool((whole == np.arange(n_own)).all()):
        return {}
    text = f"place of the {dimension} among one's own, from 0; -1 where there is none"
    return {name: Variable(dimensions=(*outer, dimension), values=whole, unit="1", meaning=text)}


def _outer_of(dimension: str, found: Sequence[Read | None]) -> tuple[str, ...] | None:
    """Give the dimensions that the records who have such entries are stacked along; None where none has swings."""
    along = stacked_along(SwingReport)
    longest: tuple[str, ...] = ()
    for group in found:
        for dimensions, _ in () if group is None else group.arrays.values():
            if dimensions[:1] == (_SWING,):
                longest = max(longest, tuple(takewhile(lambda d: d in along and d != dimension, dimensions)), key=len)
    return longest or None


@cache
def stacked_along(kind: type) -> frozenset[str]:
    """Give the dimensions that records in a record are stacked along, by name."""
    inner = [item for item in described_fields(kind) if item.record is not None]
    own = frozenset(item.about.by for item in inner if item.about.by)
    return own.union(*(stacked_along(item.record) for item in inner if item.record is not None))


def _join_present(found: Sequence[Read | None], sizes: Sequence[int]) -> dict[str, Variable]:
    """Join which swings have a record of the group at all; nothing where all have."""
    if all(group is not None and _PRESENT not in group.arrays for group in found):
        return {}
    rows, known = [], None
    for group, count in zip(found, sizes, strict=True):
        array = None if group is None else group.arrays.get(_PRESENT)
        if array is not None and array[0] != (_SWING,):
            raise NotAlike("a record that some members of a swing have, and others not")
        rows.append(np.full(count, group is not None, np.int8) if array is None else _numbers(array[1], ...))
        known = known or array
    return {
        _PRESENT: Variable(dimensions=(_SWING,), values=np.concatenate(rows), unit="1", meaning="1 where there is one")
    }


def _numbers(array: Any, rows: Any) -> Any:
    """Give rows of an array or of a dataset, texts as texts."""
    return (array.asstr() if hasattr(array, "asstr") and array.dtype == object else array)[rows]
