"""Skin of our own model: closed surfaces drawn through cross-sections, written as Wavefront meshes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from swinglever.synthetic.segments import arm_axes
from swinglever.synthetic.tables import CENTRAL_BODIES, SIDES, Array, Table, body_on_side, mirror_point, read_table

_ROUND = 24
"""Corners of a cross-section."""

_ALONG = 14
"""Cross-sections between the first and the last station of the table."""

_CAP = 4
"""Cross-sections of a rounded end."""


@dataclass(frozen=True, kw_only=True)
class Skin:
    """A closed surface on a body: (V, 3) vertices in metres at the table's stature, faces as corners from 0."""

    name: str
    body: str
    vertices_m: Array
    faces: tuple[tuple[int, ...], ...]


def build_skins() -> tuple[Skin, ...]:
    """Every surface of the runner, left ones mirrored from the right."""
    table, frames = read_table("runner_shapes.toml"), _arm_frames()
    skins = []
    for entry in table["shape"]:
        paired = entry.get("paired", False) or entry["body"] not in CENTRAL_BODIES
        for side in SIDES if paired else SIDES[:1]:
            name = f"{entry['name']}_{side}" if paired else entry["name"]
            skins.append(_skin(entry, name, side, frames))
    return tuple(skins)


def to_wavefront(skin: Skin) -> str:
    """Text of an ``.obj`` file, vertices to a tenth of a millimetre."""
    lines = [f"# {skin.name}: made by swinglever from runner_shapes.toml; metres, x forward, y up, z right"]
    lines += ["v " + " ".join(f"{v + 0.0:.4f}" for v in np.round(vertex, 4)) for vertex in skin.vertices_m]
    lines += ["f " + " ".join(str(corner + 1) for corner in face) for face in skin.faces]
    return "\n".join(lines) + "\n"


def _skin(entry: Table, name: str, side: str, frames: dict[str, tuple[Array, Array]]) -> Skin:
    rings = _rings(np.array(entry["sections"], dtype=float), np.array(entry["cap"]), entry["square"])
    points = rings.reshape(-1, 3)
    if entry["along"] == "x":
        # Drawn upright with the station as height: lay it down, so that front and back become top and bottom.
        points = np.stack([points[:, 1], points[:, 0], points[:, 2]], axis=1)
    if "frame" in entry:
        origin, axes = frames[entry["frame"]]
        points = origin + points @ axes.T
    inside_out = (entry["along"] == "x") != (side == "l")
    return Skin(
        name=name,
        body=body_on_side(entry["body"], side),
        vertices_m=mirror_point(points, side),
        faces=_faces(len(rings), inside_out),
    )


def _arm_frames() -> dict[str, tuple[Array, Array]]:
    """Origin and axes of the right arm's parts in the trunk's frame."""
    table = read_table("runner_segments.toml")
    upper, lower = arm_axes(table)
    shoulder = np.array(table["posture"]["shoulder_m"])
    elbow = shoulder - upper[:, 1] * table["upper_arm"]["length_m"]
    return {"upper_arm": (shoulder, upper), "forearm": (elbow, lower)}


def _rings(sections: Array, cap: Array, square: float) -> Array:
    """(R, 24, 3) points of the cross-sections from top to bottom, rounded ends included."""
    order = np.argsort(sections[:, 0])
    station, reach = sections[order, 0], sections[order, 1:]
    at = np.linspace(station[-1], station[0], _ALONG)
    smooth = PchipInterpolator(station, reach)(at)
    shrink = np.cos(np.linspace(0.0, np.pi / 2.0, _CAP + 2)[1:-1])
    rise = np.sin(np.linspace(0.0, np.pi / 2.0, _CAP + 2)[1:-1])
    # The first cap in the table is that of its first row, which stands on top for upright parts and last for feet.
    first, last = (cap[0], cap[1]) if sections[0, 0] > sections[-1, 0] else (cap[1], cap[0])
    top = [_ring(at[0] + first * r, smooth[0], s, square) for r, s in zip(rise[::-1], shrink[::-1], strict=True)]
    middle = [_ring(a, s, 1.0, square) for a, s in zip(at, smooth, strict=True)]
    bottom = [_ring(at[-1] - last * r, smooth[-1], s, square) for r, s in zip(rise, shrink, strict=True)]
    return np.array([*top, *middle, *bottom])


def _ring(height: float, reach: Array, size: float, square: float) -> Array:
    angle = np.linspace(0.0, 2.0 * np.pi, _ROUND, endpoint=False)
    front, back, right, left = reach
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    bent = np.sign(circle) * np.abs(circle) ** (2.0 / square) * size
    x = (front + back) / 2.0 + (front - back) / 2.0 * bent[:, 0]
    z = (right + left) / 2.0 + (right - left) / 2.0 * bent[:, 1]
    return np.stack([x, np.full(_ROUND, height), z], axis=1)


def _faces(n_rings: int, inside_out: bool) -> tuple[tuple[int, ...], ...]:
    """Quadrilaterals between neighbouring rings and one polygon on each end, normals outwards."""
    index: NDArray[np.int64] = np.arange(n_rings * _ROUND).reshape(n_rings, _ROUND)
    after = np.roll(index, -1, axis=1)
    quads = np.stack([index[:-1], after[:-1], after[1:], index[1:]], axis=-1).reshape(-1, 4)
    faces = [*quads.tolist(), index[0, ::-1].tolist(), index[-1].tolist()]
    return tuple(tuple(face[::-1] if inside_out else face) for face in faces)
