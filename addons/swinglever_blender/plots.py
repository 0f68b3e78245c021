"""Any metric or curve of a result as a plot that grows and a number, in place of the causes: live, from the scene."""

import difflib
import json

import bpy
import numpy as np

from . import hud
from .build import MARK
from .looks import show
from .lookup import chosen_entry, find_folder, find_part, new_folder, read_curves, read_summary, read_time_map
from .owned import building, claim, clear_folder
from .page import lay_out
from .quantities import Quantity, over_swings, read_quantities
from .render import pixels_of
from .result import ResultError, Swing
from .summary import wrap

#: What begins the name of a metric in the list; letters in a line of the plot's title; figures of a number that count.
_METRIC, _LETTERS, _FIGURES = "metric: ", 25, 3
#: Frames between the end of one step and the next.
_STEP = 0.01


def keep_curves(root: bpy.types.Object, path: str, swing: Swing | None) -> None:
    """Keep every curve of a swing in the scene as text, so that another can be plotted without the file."""
    known = {} if swing is None else read_quantities(path, swing.swing_id)
    for scope, groups in {} if swing is None else swing.contributions_deg.items():
        known |= {f"knee bent by {group.replace('_', ' ')}, {scope} free": ("°", v) for group, v in groups.items()}
    lines = {name: [unit, [_rounded(value) for value in values]] for name, (unit, values) in known.items()}
    old = root.swinglever.curves
    text = bpy.data.texts.new(f"{root.name} curves.json")
    text[MARK] = ""
    text.from_string(json.dumps(lines).replace("]], ", "]],\n"))
    root.swinglever.curves = text
    if old is not None and MARK in old:
        bpy.data.texts.remove(old)


def _rounded(value: float) -> float | None:
    return float(f"{value:.4g}") if np.isfinite(value) else None


def list_quantities(root: bpy.types.Object) -> list[str]:
    """List what can be plotted of the swing: its metrics, a laboratory's own too, and its curves."""
    metrics = [metric["name"] for metric in chosen_entry(root).get("metrics", []) if np.isfinite(metric["value"])]
    return [*(f"{_METRIC}{name.replace('_', ' ')}" for name in metrics), *read_curves(root)]


def known_quantity(root: bpy.types.Object, asked: str) -> str:
    """Give the name in the list that was meant, the metric of that name first; the error says which are like it."""
    names = {name.lower(): name for name in list_quantities(root)}
    plain = asked.replace("_", " ").strip().lower()
    for name in (f"{_METRIC}{plain}", plain):
        if name in names:
            return names[name]
    like = [names[name] for name in difflib.get_close_matches(plain, names, n=6, cutoff=0.3)]
    raise ResultError(f"the swing has no metric or curve '{asked}'; of its {len(names)} these are most like it: {like}")


def find_quantity(root: bpy.types.Object) -> Quantity | None:
    """Give what the state asks for; none where it asks for nothing, or for what the swing has not."""
    asked, entry = root.swinglever.quantity, chosen_entry(root)
    if asked.startswith(_METRIC):
        metrics = (metric["name"] for metric in entry.get("metrics", []))
        name = next((name for name in metrics if name.replace("_", " ") == asked.removeprefix(_METRIC)), "")
        return over_swings(read_summary(root)["swings"], root.swinglever.swing, name) if name else None
    if asked not in read_curves(root) or not entry:
        return None
    unit, values = read_curves(root)[asked]
    known = np.array(values, dtype=float)
    return Quantity(time_s=np.linspace(entry["time_s"][0], entry["time_s"][-1], len(known)), values=known, unit=unit)


def apply_quantity(root: bpy.types.Object) -> None:
    """Plot what the state asks for in the place of the causes, or those again."""
    column, causes, plane = find_folder(root, "column"), find_folder(root, "causes"), find_part(root, "plane")
    if column is None or causes is None or plane is None or not root.users_scene:
        return
    folder, quantity = find_folder(root, "quantity"), find_quantity(root)
    clear_folder(root, folder)
    show(causes, visible=quantity is None)
    if quantity is None:
        return
    with building() as made:
        folder = folder or new_folder("quantity", column)
        page = lay_out(*pixels_of(root.users_scene[0]))
        sheet = hud.Sheet(page=page, theme=root.swinglever.theme, collection=folder, holder=plane)
        title = wrap(root.swinglever.quantity.removeprefix(_METRIC), _LETTERS, 2)
        hud.add_titled_chart(sheet, title, _chart(root, quantity))
    claim(root, made)


def _chart(root: bpy.types.Object, quantity: Quantity) -> hud.Chart:
    time_s, values = quantity.time_s, quantity.values
    frames = read_time_map(root).to_frames(time_s)
    if quantity.stepped:  # each value up to the next one
        starts, ends = frames[:-1], np.maximum(frames[1:] - _STEP, frames[:-1] + _STEP)
        frames = np.append(np.stack([starts, ends], axis=1).ravel(), frames[-1])
        time_s, values = read_time_map(root).to_seconds(frames), np.append(np.repeat(values[:-1], 2), values[-1])
    largest = float(np.nanmax(np.abs(values)))
    decimals = int(np.clip(_FIGURES - 1 - np.floor(np.log10(max(largest, 1e-9))), 0, 6))
    after = quantity.unit if quantity.unit.startswith("°") else f" {quantity.unit}".rstrip()
    label = quantity.note or ("this swing" if quantity.stepped else "now")
    curves = {label: (values, "text")}
    return hud.Chart(time_s=time_s, frames=frames, curves=curves, after=after, decimals=decimals, signed=False)
