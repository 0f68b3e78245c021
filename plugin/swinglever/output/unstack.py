"""Records out of stacked arrays: the way back from `swinglever.output.stack`."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, replace
from typing import Any

import numpy as np

from swinglever.arrays import given_away
from swinglever.errors import InputError
from swinglever.output.layer import find
from swinglever.output.sides import name_of
from swinglever.output.variables import CODES, OWN_LENGTH, Variable
from swinglever.records.fields import Field, described_fields


@dataclass(frozen=True, kw_only=True)
class Read:
    """A group as it was read.

    Parameters
    ----------
    attributes, labels, templates, arrays
        Its attributes, labels and templates of dimensions, arrays with their dimensions.
    own
        Meaning of each dimension whose labels are its own, and not of a group above it.
    about
        What each array is, without its values.
    """

    attributes: Mapping[str, Any]
    labels: Mapping[str, tuple[str, ...]]
    templates: Mapping[str, tuple[str, ...]]
    arrays: Mapping[str, tuple[tuple[str, ...], Any]]
    own: Mapping[str, str]
    about: Mapping[str, Variable]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a record that is being made stands: indices, the side of its leg, its name, its holder's values."""

    at: tuple[int, ...] = ()
    side: str = ""
    name: str = ""
    holder: Any = None


Getter = Callable[[Place], Any]


def unstack(kind: type, groups: Mapping[str, Read], sides: Mapping[str, str], path: str = "", **given: Any) -> Any:
    """Make a record, and all that it holds, of the groups of a file.

    Parameters
    ----------
    kind
        Class of the record that nothing else holds.
    groups
        What was read, by path; ``""`` is the root.
    sides
        Side of each swing by its name.
    path
        Of the group of the record; not given, the root.
    **given
        Fields that do not describe themselves.
    """
    return Maker(kind=kind, groups=groups, path=path, outer=(), sides=sides).make(Place(), given)


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Makes the records of one group, one at a time; ``key`` is the field that has the record's own name."""

    kind: type
    groups: Mapping[str, Read]
    path: str
    outer: tuple[str, ...]
    sides: Mapping[str, str]
    key: str = ""
    plain: dict[str, Getter] = field(default_factory=dict)
    held: dict[str, Getter] = field(default_factory=dict)
    swings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for item in described_fields(self.kind):
            if item.kind in ("record", "records", "tables"):
                self.held[item.name] = self._held(item)
            elif item.name == self.key:
                self.plain[item.name] = lambda place: place.name
            else:
                self.plain[item.name] = _getter(self.groups[self.path], self.path, self.outer, item)

    def make(self, place: Place, given: Mapping[str, Any] | None = None) -> Any:
        """Make the record at one place of the stack."""
        values = {**(given or {}), **{name: get(place) for name, get in self.plain.items()}}
        inside = replace(place, holder=values)
        return self.kind(**values, **{name: get(inside) for name, get in self.held.items()})

    def _held(self, item: Field) -> Getter:
        path = f"{self.path.rpartition('/')[0] if self.outer else self.path}/{item.group}"
        if path not in self.groups:
            nothing: Any = None if item.kind == "record" else () if item.dtype is tuple else {}
            return lambda place: nothing
        if item.kind == "tables":
            return _tables(self.groups[path], self.outer, item)
        assert item.record is not None
        by = item.about.by
        outer = (*self.outer, by) if by else self.outer
        maker = replace(self, kind=item.record, path=path, outer=outer, key=item.about.key, plain={}, held={})
        return maker._several(item) if by else maker._one()

    def _one(self) -> Getter:
        present = self.groups[self.path].arrays.get("present")
        return lambda place: self.make(place) if present is None or present[1][place.at] else None

    def _several(self, item: Field) -> Getter:
        group, by = self.groups[self.path], item.about.by
        names, places = group.labels[by], _places(group, by)

        def get(place: Place) -> Any:
            found = {}
            for k in places(place.at):
                inner = replace(place, at=(*place.at, k), name=names[k])
                if by == "swing":
                    inner = replace(inner, side=self.sides[names[k]], holder=self.swings.get(names[k], place.holder))
                found[k] = self.make(inner)
                if by == "swing":
                    self.swings.setdefault(names[k], found[k])
            return tuple(found.values()) if item.dtype is tuple else {names[k]: r for k, r in found.items()}

        return get


def _getter(group: Read, path: str, outer: tuple[str, ...], item: Field) -> Getter:
    """Give what finds the value of a field for the record at a place."""
    first = item.about.dimensions[0] if item.about.dimensions else ""
    if item.kind == "labels" and first in group.templates:
        return _labels(group, first)
    if item.kept_as in group.attributes:
        value = _as_field(group.attributes[item.kept_as], item)
        return lambda place: value
    if item.kept_as in group.arrays:
        if first in OWN_LENGTH:
            return _stretch(group, item)
        return _array(group, outer, item, item.kept_as) if item.kind == "array" else _others(group, outer, item)
    if item.about.together and item.about.together in group.labels:
        return _part(group, outer, item, item.name)
    if item.about.from_holder:
        return lambda place: find(place.holder, item.about.from_holder)
    if item.default is MISSING:
        raise InputError(f"expected '{item.kept_as}' in the group '{path}', found none")
    return lambda place: item.default


def _labels(group: Read, dimension: str) -> Getter:
    places, templates = _places(group, dimension), group.templates[dimension]
    return lambda place: tuple(name_of(templates[k], place.side) for k in places(place.at))


def _places(group: Read, dimension: str) -> Callable[[tuple[int, ...]], Sequence[int]]:
    """Give what finds the entries of a dimension that a record has, in its own order."""
    if f"{dimension}_order" not in group.arrays:
        everything = range(len(group.labels[dimension]))
        return lambda at: everything
    order = group.arrays[f"{dimension}_order"][1]
    sorting, missing = np.argsort(order, axis=-1, kind="stable"), (order < 0).sum(axis=-1)
    return lambda at: sorting[at][int(missing[at]) :].tolist()


def _array(group: Read, outer: tuple[str, ...], item: Field, name: str) -> Getter:
    dimensions, values = _decoded(*group.arrays[name], item) if item.about.coded else group.arrays[name]
    index = _index(outer, dimensions)
    inner = [d for d in dimensions if d not in outer]
    back = [inner.index(d) for d in item.about.dimensions]
    some = {k: _places(group, d) for k, d in enumerate(inner) if f"{d}_order" in group.arrays}
    dtype = values.dtype if item.dtype is None else item.dtype
    in_full = _row_in_full(group, item, some.get(0)) if item.about.in_full_at else None

    def get(place: Place) -> Any:
        found = values[index(place.at)]
        if some:
            everything = [some[k](place.at) if k in some else range(size) for k, size in enumerate(found.shape)]
            found = found[np.ix_(*everything)]
        array = np.array(found.transpose(back), dtype, order="C")
        if in_full is not None:
            number, row = in_full(place.at)
            array[number] = row
        return given_away(array)

    return get


def _row_in_full(
    group: Read, item: Field, places: Callable[[tuple[int, ...]], Sequence[int]] | None
) -> Callable[[tuple[int, ...]], tuple[int, Any]]:
    """Give what finds the row of an array that is kept in full, and its number."""
    rows, numbers = group.arrays[item.row_kept_as][1], group.arrays[item.about.in_full_at][1]
    return lambda at: (int(numbers[at]), rows[at] if places is None else rows[at][places(at)])


def _decoded(dimensions: tuple[str, ...], values: Any, item: Field) -> tuple[tuple[str, ...], Any]:
    """Give an array that is kept in fewer numbers as the records have it, all of them at once."""
    *outer, body, _, time = dimensions
    rows = np.moveaxis(values, -1, -3)
    whole = CODES[item.about.coded][2](rows.reshape(-1, *rows.shape[-2:]))
    return (*outer, time, body, *item.about.dimensions[-2:]), whole.reshape(*rows.shape[:-1], *whole.shape[-2:])


def _part(group: Read, outer: tuple[str, ...], item: Field, name: str) -> Getter:
    """Give what finds a field, or an array of a table, that lies in one array with others."""
    word = item.about.together
    dimensions, values = group.arrays[f"{word}s"]
    axis = dimensions.index(word)
    mine = np.take(values, group.labels[word].index(name), axis)
    part = (*dimensions[:axis], *dimensions[axis + 1 :]), mine
    return _array(replace(group, arrays={**group.arrays, name: part}), outer, item, name)


def _tables(group: Read, outer: tuple[str, ...], item: Field) -> Getter:
    names, places = group.labels[item.about.together], _places(group, item.about.together)
    getters = [_part(group, outer, item, name) for name in names]
    return lambda place: {names[k]: getters[k](place) for k in places(place.at)}


def _index(outer: Sequence[str], dimensions: Sequence[str]) -> Callable[[tuple[int, ...]], tuple[int, ...]]:
    """Give what makes an index of a record's place: without the dimensions that an array does not have."""
    kept = [k for k, d in enumerate(outer) if d in dimensions]
    return lambda at: tuple(at[k] for k in kept)


def _stretch(group: Read, item: Field) -> Getter:
    """Give what finds a record's own part of an array that was laid end to end."""
    values = group.arrays[item.kept_as][1]
    ends = np.cumsum(group.arrays[f"{item.about.dimensions[0]}_count"][1])
    starts = np.concatenate([[0], ends[:-1]])
    return lambda place: values[starts[place.at] : ends[place.at]]


def _others(group: Read, outer: tuple[str, ...], item: Field) -> Getter:
    """Give what finds numbers and texts."""
    dimensions, values = group.arrays[item.kept_as]
    if strange := [d for d in dimensions if d not in (*outer, *item.about.dimensions)]:
        raise InputError(f"expected no '{strange[0]}' among the dimensions of '{item.kept_as}'")
    index = _index(outer, dimensions)
    if not item.about.dimensions:
        return lambda place: _as_field(values[index(place.at)], item)
    places = _places(group, item.about.dimensions[0])

    def get(place: Place) -> Any:
        row = values[index(place.at)]
        return tuple(_as_field(row[k], item) for k in places(place.at))

    return get


def _as_field(value: Any, item: Field) -> Any:
    """Give a number, a text, or names out of a text, as the record has them; undo of what stacking did."""
    if item.kind == "words":
        return tuple(json.loads(value))
    if item.kind == "counts":
        return json.loads(value)
    return np.asarray(value, item.dtype) if item.kind == "array" else item.dtype(value)
