"""Records of one kind, laid on one another: arrays with a dimension for what they are stacked along.

What the arrays are follows from the records' own descriptions (`swinglever.records.fields`); nothing here knows a
record by name.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from swinglever.errors import InputError, named
from swinglever.output.layer import Layer, Member, Stack, note_order, whole_numbers
from swinglever.output.variables import AT_ROOT, Group, Scale
from swinglever.records.fields import Field, described_fields


def stack_records(record: Any, swings: Mapping[str, Any], path: str = "") -> dict[str, Group]:
    """Lay out a record and all that it holds.

    Parameters
    ----------
    record
        What nothing else holds.
    swings
        The swings by name, in the order of the dimension ``swing``.

    path
        Of the group that it goes to; not given, the root.

    Returns
    -------
    dict
        Path of each group of the file to what is in it; ``""`` is the root.
    """
    groups: dict[str, Group] = {"": Group()}
    _stack(groups, path, Stack(kind=type(record), outer={}, members=(Member(at=(), record=record),)), swings)
    return groups


def _stack(groups: dict[str, Group], path: str, stack: Stack, swings: Mapping[str, Any], key: str = "") -> None:
    group = groups.setdefault(path, Group())
    layer = Layer(stack=stack, group=group)
    beside = path.rpartition("/")[0] if stack.outer else path
    for item in sorted(described_fields(stack.kind), key=lambda item: item.kind != "labels"):
        if item.kind == "labels":
            layer.name(item)
        elif item.kind in ("record", "records"):
            _hold(groups, beside, stack, item, swings)
        elif item.kind == "tables":
            if any(stack.values(item.name)):
                inner = Group()
                groups[f"{beside}/{item.group}"] = inner
                Layer(stack=stack, group=inner).add_tables(item)
        elif item.name != key:
            layer.add(item)
    layer.gather()


def _hold(groups: dict[str, Group], path: str, stack: Stack, item: Field, swings: Mapping[str, Any]) -> None:
    """Stack what the members of a stack hold; a group for none of them is not made."""
    place, by, kind = f"{path}/{item.group}", item.about.by, item.record
    assert kind is not None
    if not by:
        found = tuple(
            Member(at=m.at, record=value, side=m.side, holder=m.record)
            for m, value in zip(stack.members, stack.values(item.name), strict=True)
            if value is not None
        )
        if found:
            inner = Stack(kind=kind, outer=stack.outer, members=found)
            _stack(groups, place, inner, swings)
            if len(found) < len(stack.members):
                present = np.zeros(stack.shape, np.int8)
                present[tuple(np.transpose([m.at for m in found]))] = 1
                groups[place].variables["present"] = whole_numbers(tuple(stack.outer), present, "1 where there is one")
        return
    rows = [_by_name(value, item) for value in stack.values(item.name)]
    names = [name for row in rows for name, _ in row]
    known = tuple(swings) if by == "swing" else tuple(names) if item.dtype is tuple else tuple(dict.fromkeys(names))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(
            f"{stack.kind.__name__}.{item.name}: there is no {by} {unknown[0]!r}; there are {named(known)}"
        )
    if not names:
        return
    order = [list(range(len(row))) if item.dtype is tuple else [known.index(n) for n, _ in row] for row in rows]
    members = tuple(
        Member(
            at=(*m.at, k),
            record=record,
            side=swings[name].side if by == "swing" else m.side,
            holder=swings[name] if by == "swing" else m.record,
        )
        for m, row, places in zip(stack.members, rows, order, strict=True)
        for k, (name, record) in zip(places, row, strict=True)
    )
    inner = Stack(kind=kind, outer={**stack.outer, by: len(known)}, members=members)
    _stack(groups, place, inner, swings, item.about.key)
    scale = Scale(labels=known, meaning=label_meaning(item), templates=known)
    (groups[""] if by in AT_ROOT else groups[place]).scales[by] = scale
    note_order(groups[place], stack, by, len(known), order)


def label_meaning(item: Field) -> str:
    """Say what the names of records are: what the field of their own name says, where there is one."""
    inner = () if item.record is None else described_fields(item.record)
    return next((own.about.meaning for own in inner if own.name == item.about.key), item.about.meaning)


def _by_name(value: Any, item: Field) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return list(value.items())
    return [(getattr(record, item.about.key), record) for record in value or ()]
