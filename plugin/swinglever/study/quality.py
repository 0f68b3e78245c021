"""How good each trial's result is: a few numbers that the study's tables and page show beside it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from swinglever.study.columns import QUALITY
from swinglever.study.conduct import Told
from swinglever.study.store import RESULT, place_of


def quality_columns(told: Sequence[Told], results: Path) -> dict[str, list[float]]:
    """Give the columns of `QUALITY` for the trials of a study; nan where there is no result."""
    rows = [_quality(place_of(results, each.outcome.address) / RESULT, each) for each in told]
    return {name: [row.get(name, float("nan")) for row in rows] for name in QUALITY}


def _quality(path: Path, told: Told) -> dict[str, float]:
    if told.outcome.status != "done":
        return {}
    with h5py.File(path) as file:
        found = {"warnings": float(len(json.loads(file.attrs["warnings"])))}
        rms_m, closure = _values(file, "kinematics/marker_rms_m"), _values(file, "attribution/closure_rad")
        recorded, replayed = _values(file, "swings/knee_flexion_rad"), _values(file, "ablation/peak_flexion_rad")
        if np.isfinite(rms_m).any():
            found["marker_rms_mm"] = 1000.0 * float(np.nanmedian(rms_m))
        if np.isfinite(closure).any():
            found["closure_deg"] = float(np.degrees(np.nanmax(np.abs(closure))))
        cases = [str(case) for case in file["ablation/case"].asstr()] if "ablation/case" in file else []
        if "none" in cases and recorded.size:
            miss = np.abs(np.nanmax(recorded, axis=1) - replayed[:, cases.index("none")])
            found["replay_miss_deg"] = float(np.degrees(np.nanmax(miss)))
        if "muscles/reserve_flags" in file:
            found["large_reserves"] = float(
                sum(bool(json.loads(each)) for each in file["muscles/reserve_flags"].asstr())
            )
    return found


def _values(file: Any, name: str) -> Any:
    return np.asarray(file[name][...], float) if name in file else np.empty(0)
