"""The muscles' forces, which a file keeps swing by swing, as they are played; nothing here knows Blender."""

from typing import Any

import numpy as np


def read_forces(file: Any, time_s: np.ndarray, muscles: list[str]) -> np.ndarray | None:
    """Give the muscles' forces at the instants played, (T, m) in N; nan while a muscle's leg does not swing."""
    group = file.get("muscles")
    if group is None or "force_n" not in group:
        return None
    found, place = np.full((len(time_s), len(muscles)), np.nan), {name: k for k, name in enumerate(muscles)}
    labels = [str(name) for name in group["muscle"].attrs.get("names", group["muscle"].asstr()[()])]
    for k in range(len(file["swing"]) if "swing" in file else 0):
        times, leg = file["swings/time_s"][k], str(file["swings/side"].asstr()[k])
        rows = np.flatnonzero((time_s >= times[0]) & (time_s <= times[-1]))
        for j, label in enumerate(labels):
            column = place.get(label.replace("{side}", leg))
            if column is not None and len(rows):
                found[rows, column] = np.interp(time_s[rows], times, group["force_n"][k, j])
    return found if np.isfinite(found).any() else None
