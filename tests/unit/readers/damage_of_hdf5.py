"""Results whose checksums are right and whose entries are not: as another program, or somebody's will, writes them."""

import io
import random
from collections.abc import Sequence
from typing import Any

import h5py
import numpy as np

_TEXTS = (
    "",
    "nan",
    "[]",
    "{}",
    "null",
    "5",
    "[1, 2]",
    '{"a": NaN}',
    "[" * 3000,
    '"x"',
    "x" * 5000,
    "\x1b[31m<b>",
    "e\u0301",
)
_NUMBERS = (0, -1, 1, 2, 3, 5, 1e300, -1e300, float("nan"), float("inf"), 2**31 - 1, 2**62, 1e9)


def rewoven(content: bytes, chance: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """Return a result with up to three entries removed, renamed, or of another kind, shape or value."""
    stream = io.BytesIO(content)
    with h5py.File(stream, "r+") as file:
        for _ in range(chance.choice((1, 1, 2, 3))):
            _change(file, chance)
    return stream.getvalue()


def _change(file: h5py.File, chance: random.Random) -> None:
    names: list[str] = []
    file.visit(names.append)
    if not names or chance.random() < 0.15:
        _change_attribute(file, chance)
        return
    name = chance.choice(names)
    item = file[name]
    way = chance.choice(("attribute", "remove", "rename", "twice", "group", *["values"] * 4, *["replace"] * 4))
    if way == "attribute":
        _change_attribute(item, chance)
    elif way == "remove":
        del file[name]
    elif way in ("rename", "twice"):
        target = chance.choice((f"{name}x", chance.choice(names), "x", "swings/x", "/playback/x"))
        if target not in file and not target.startswith(f"{name}/"):
            file.copy(name, target)
            if way == "rename":
                del file[name]
    elif way == "group":
        del file[name]
        file.create_group(name)
    elif isinstance(item, h5py.Dataset):
        (_change_values if way == "values" else _replace)(file, name, item, chance)


def _change_attribute(item: Any, chance: random.Random) -> None:
    if not len(item.attrs):
        return
    name = chance.choice(sorted(item.attrs))
    way = chance.choice(("remove", "text", "text", "number", "array", "texts"))
    del item.attrs[name]
    if way == "text":
        item.attrs[name] = chance.choice(_TEXTS)
    elif way == "number":
        item.attrs[name] = chance.choice(_NUMBERS)
    elif way == "array":
        item.attrs[name] = np.arange(chance.choice((0, 2, 100)))
    elif way == "texts":
        item.attrs.create(name, np.array(["a", "b"], object), dtype=h5py.string_dtype())


def _change_values(file: h5py.File, name: str, item: h5py.Dataset, chance: random.Random) -> None:
    """Change one value, or all of them."""
    if not item.size or item.dtype.kind not in "fiuO":
        return
    values = item[...]
    where = ... if chance.random() < 0.2 else tuple(chance.randrange(n) for n in item.shape)
    if item.dtype == object:
        values[where] = chance.choice((*_TEXTS, "r", "l", "r_1", "leg"))
    elif item.dtype.kind == "f":
        values[where] = chance.choice(_NUMBERS)
    else:
        limits = np.iinfo(item.dtype)
        values[where] = chance.choice((limits.min, limits.max, -1 if limits.min else 0, 0, 1, 2, 100))
    item[...] = values


def _replace(file: h5py.File, name: str, item: h5py.Dataset, chance: random.Random) -> None:
    """Put an array of another shape or kind in a place, with the same attributes."""
    kept, shape = dict(item.attrs), list(item.shape)
    if shape and chance.random() < 0.5:
        axis = chance.randrange(len(shape))
        shape[axis] = chance.choice((0, 1, 2, shape[axis] + 1, max(shape[axis] - 1, 0)))
    else:
        shape = chance.choice(([], [0], [1], shape[1:], [2, *shape], [3, 3], shape[::-1]))
    kind: Any = chance.choice((item.dtype, item.dtype, "f4", "i1", "i8", "S3", "?", h5py.string_dtype(), "c16"))
    if int(np.prod(shape, dtype=np.int64)) > 10**6:
        return
    del file[name]
    kind = h5py.string_dtype() if getattr(kind, "kind", "") == "O" else kind
    new = file.create_dataset(name, shape=tuple(shape), dtype=kind, fillvalue=None)
    for key, value in kept.items():
        if key not in ("CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST"):
            new.attrs[key] = value
    if "CLASS" in kept and chance.random() < 0.7:
        new.make_scale(name.rpartition("/")[2])
