"""Muscles as tubes that play a cached path, coloured by what they do."""

import bpy
import numpy as np

from .build import Spot, attribute_material, fill_polyline, new_object, read_surface, set_attribute
from .keys import Track, curves_of
from .lookup import PART
from .nodes import THICKNESS, add_modifier, get_input, input_path, strands_group
from .palette import colour_activation, colour_contribution, colour_power
from .result import Result
from .unpack import Strands

RADIUS_M = 0.0055
#: Thickness by force, from a muscle that rests to one that pulls hardest, beside the usual.
_THINNEST, _THICKEST = 0.35, 2.4


def add_muscles(result: Result, spot: Spot) -> bpy.types.Object | None:
    """Add all muscles of a result as one object; none if the result has no paths."""
    if result.muscle_paths is None or not result.muscle_names:
        return None
    colours = colour_muscles(result)
    first = "contribution" if "contribution" in colours else next(iter(colours))
    thick = {} if result.muscle_force_n is None else {THICKNESS: thicken(result.muscle_force_n)}
    item = add_strands("Muscles", result.muscle_paths, colours | thick, spot, radius_m=RADIUS_M, colour_by=first)
    item[PART], item["names"] = "muscles", list(result.muscle_names)
    return item


def thicken(force_n: np.ndarray) -> np.ndarray:
    """Give how thick muscles are drawn, (T, m) beside the usual: their section is in proportion to their force.

    A muscle at the 98th percentile of all forces is as thick as it gets; one whose force is not known is as usual.
    """
    known = np.abs(force_n[np.isfinite(force_n)])
    full = max(float(np.percentile(known, 98)), 1e-9) if known.size else 1.0
    share = np.sqrt(np.clip(np.abs(np.nan_to_num(force_n)) / full, 0.0, 1.0))
    return np.where(np.isfinite(force_n), _THINNEST + (_THICKEST - _THINNEST) * share, 1.0)


def colour_muscles(result: Result) -> dict[str, np.ndarray]:
    """Colour every muscle at every sample, (T, m, 4), in each of the ways that the result allows."""
    colours: dict[str, np.ndarray] = {}
    if result.muscle_activation is not None:
        colours["activation"] = colour_activation(result.muscle_activation)
    if result.muscle_power_w is not None:
        colours["power"] = colour_power(result.muscle_power_w)
    if result.muscle_contribution_rad_s2 is not None and result.muscle_crosses_knee is not None:
        crosses = result.muscle_crosses_knee.astype(bool)
        colours["contribution"] = colour_contribution(given_so_far(result, result.muscle_contribution_rad_s2), crosses)
    unknown = np.full((len(result.time_s), len(result.muscle_names)), np.nan)
    return colours or {"activation": colour_activation(unknown)}


def given_so_far(result: Result, acceleration_rad_s2: np.ndarray) -> np.ndarray:
    """Give what each muscle has added to the flexion of its leg's knee since toe-off, (T, m) in rad; nan outside.

    The acceleration that it causes is integrated twice by the trapezoidal rule.
    """
    acceleration = np.nan_to_num(acceleration_rad_s2).astype(float)
    given = np.full_like(acceleration, np.nan)
    for swing in result.swings.values():
        start, end = swing.events_s["toe_off"], swing.events_s["foot_strike"]
        rows = np.flatnonzero((result.time_s >= start) & (result.time_s <= end))
        columns = [k for k, name in enumerate(result.muscle_names) if name.endswith(f"_{swing.side}")]
        if len(rows) > 1:
            step = np.diff(result.time_s[rows])[:, np.newaxis]
            speed = _integrate(acceleration[np.ix_(rows, columns)], step)
            given[np.ix_(rows, columns)] = _integrate(speed, step)
    return given


def _integrate(rate: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Integrate (K, m) over steps (K - 1, 1) by the trapezoidal rule, from zero."""
    return np.concatenate([np.zeros((1, rate.shape[1])), np.cumsum(step * (rate[1:] + rate[:-1]) / 2, axis=0)])


def add_strands(
    name: str, strands: Strands, colours: dict[str, np.ndarray], spot: Spot, *, radius_m: float, colour_by: str
) -> bpy.types.Object:
    """Add polylines that move, with colours (T, strands, 4) by name; `THICKNESS` (T, strands) is of their tubes."""
    n_samples, n_strands, n_points = strands.path_m.shape[:3]
    within = np.arange(n_strands * n_points).reshape(n_strands, n_points)
    edges = np.stack([within[:, :-1].ravel(), within[:, 1:].ravel()], axis=1)
    mesh = fill_polyline(bpy.data.meshes.new(name), strands.path_m[0].reshape(-1, 3), edges)
    set_attribute(mesh, "strand", np.repeat(np.arange(n_strands), n_points))
    for key in ("row", "before", "behind", "share"):
        set_attribute(mesh, key, getattr(strands, key).ravel())
    set_attribute(mesh, "place", strands.place_m.reshape(-1, 3))
    set_attribute(mesh, "colour", np.ones((len(mesh.vertices), 4)))
    mesh.attributes.active_color_name = "colour"  # Workbench shows this one; the nodes fill it.
    item = new_object(name, mesh, spot.collection, spot.root)
    modifier = add_modifier(
        item,
        strands_group(),
        Cache=_cache(f"{name} path", strands.vector_m.reshape(-1, 3), {}),
        Colours=_cache(f"{name} colours", np.zeros((n_samples * n_strands, 3)), colours),
        Samples=n_samples,
        Points=strands.vector_m.shape[1],
        Strands=n_strands,
        Radius=radius_m,
        Colour_by=colour_by,
        Material=attribute_material(),
    )
    track = Track(f"{spot.collection.name} {name}")
    track.key(item, input_path(modifier, "Sample"), spot.frames, np.arange(n_samples, dtype=float))
    return item


def strand_places(item: bpy.types.Object, strand: int, frames: np.ndarray) -> np.ndarray:
    """Give the middle of a strand of two points at frames (n,), (n, 3) on the result's empty; nan where it is not."""
    modifier = item.modifiers[0]
    points = read_surface(get_input(modifier, "Cache").data)[0].astype(float)
    sample = np.array([curve.evaluate(frame) for curve in curves_of(item)[:1] for frame in frames])
    held = points.reshape(get_input(modifier, "Samples"), -1, 3)[:, 2 * strand : 2 * strand + 2]
    held = np.where(np.ptp(held, axis=1, keepdims=True).any(axis=2, keepdims=True), held, np.nan).mean(axis=1)
    return np.column_stack([np.interp(sample, np.arange(len(held)), held[:, axis]) for axis in range(3)])


def _cache(name: str, points: np.ndarray, colours: dict[str, np.ndarray]) -> bpy.types.Object:
    """Store samples in a mesh that no scene shows; the node tree alone refers to it."""
    mesh = fill_polyline(bpy.data.meshes.new(name), points, np.empty((0, 2)))
    for key, values in colours.items():
        set_attribute(mesh, key, values.ravel() if values.ndim == 2 else values.reshape(-1, 4))
    return bpy.data.objects.new(name, mesh)
