"""What a result file keeps of a record: everything, arrays to a known step."""

from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from swinglever.output.variables import STEPS, step_of
from swinglever.records.fields import Field, described_fields
from swinglever.records.record import Record, same

HALF = 0.5001
"""Rounding is off by half a step at most."""
TWISTED = 8
"""Steps by which a body's place may be off: the roundings of the turns before it add up."""
DRAWN_M = 2**-13
"""Half a step for points that move, as much again for the turn of the body under those that do not."""


def tolerance(item: Field) -> float:
    """How far an array that was kept may be off."""
    step = step_of(item, item.about.unit)
    return {"": HALF * step, "twist": TWISTED * step, "paths": DRAWN_M}[item.about.coded]


def assert_kept(old: object, new: object, where: str = "report") -> None:
    """Assert that two records hold the same: names and numbers alike, arrays to half of what they are rounded to."""
    assert type(old) is type(new), where
    if isinstance(old, Mapping):
        assert list(old) == list(new), where
        for key in old:
            assert_kept(old[key], new[key], f"{where}[{key!r}]")
    elif isinstance(old, tuple):
        assert len(old) == len(new), where
        for k, (one, other) in enumerate(zip(old, new, strict=True)):
            assert_kept(one, other, f"{where}[{k}]")
    elif isinstance(old, Record):
        about = {item.name: item for item in described_fields(type(old))}
        for item in fields(old):
            one, other, place = getattr(old, item.name), getattr(new, item.name), f"{where}.{item.name}"
            if isinstance(one, np.ndarray) and one.dtype.kind == "f":
                np.testing.assert_allclose(other, one, rtol=1e-6, atol=tolerance(about[item.name]), err_msg=place)
            elif item.name == "lever":
                for name in one:
                    np.testing.assert_allclose(other[name], one[name], rtol=1e-6, atol=HALF * STEPS["1"], err_msg=name)
            else:
                assert_kept(one, other, place)
    else:
        assert same(old, new), where
