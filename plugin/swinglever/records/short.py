"""A swing in short: what tables tell of it, in a fiftieth of its memory."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from swinglever.arrays import Array, frozen
from swinglever.records.ablation import Ablation
from swinglever.records.attribution import Attribution
from swinglever.records.fields import described_fields
from swinglever.records.record import Record
from swinglever.records.report import Swing


def in_short(swing: Swing) -> Swing:
    """Give a swing whose causes, muscles and segments are those of one instant, its peak flexion.

    Its numbers, its own angles and its EMG stay, and of its replays what is no curve; the classical shares and the
    lever's curves are left out.
    """
    instant = int(swing.knee_flexion_rad.argmax())
    held = {
        field.name: _short(getattr(swing, field.name), instant)
        for field in described_fields(Swing)
        if field.kind in ("record", "records") and field.name not in _KEPT
    }
    replays = {case: _without_curves(replay) for case, replay in swing.ablation.items()}
    return replace(swing, **(held | {"ablation": replays, "classical": {}, "lever": {}}))


_KEPT = ("emg", "metrics", "bounds", "bands", "ablation")
"""What has no instants, is told of as a whole, or is cut otherwise."""


def _without_curves(replay: Ablation) -> Ablation:
    """Give a replay of no instant; what it holds none of is one object for all."""
    cut: dict[str, Any] = {
        field.name: () if field.kind == "labels" else _nothing(len(field.about.dimensions))
        for field in described_fields(Ablation)
        if field.kind in ("labels", "array")
    }
    return replace(replay, **cut)


@cache
def _nothing(dimensions: int) -> Array:
    return frozen(np.empty((0,) * dimensions))


def _short(value: Any, instant: int) -> Any:
    if isinstance(value, Mapping):
        return {name: _short(record, instant) for name, record in value.items()}
    if isinstance(value, Attribution):
        return replace(at_instant(value, value.peak_index), peak_index=0)
    return None if value is None else at_instant(value, instant)


def at_instant(record: Record, instant: int, along: str = "percent") -> Any:
    """Give a record whose curves are cut to one instant, along the swing or along the frames of the trial."""
    cut = {}
    for field in described_fields(type(record)):
        value, dimensions = getattr(record, field.name), field.about.dimensions
        if field.kind == "array" and along in dimensions and value is not None:
            cut[field.name] = value.take([instant], axis=dimensions.index(along))
    return replace(record, **cut)  # type: ignore[type-var]
