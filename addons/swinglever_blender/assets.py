"""Node groups as assets: with what they do, and a small picture, for the asset browser of any file that holds them."""

import bpy
import numpy as np

from .palette import COOL, UNFOLD, WARM, linear

_SIDE = 128
_SHARE = np.linspace(0.0, 1.0, 24)


def mark_asset(tree: bpy.types.NodeTree, says: str, lines: list[tuple[np.ndarray, str]]) -> None:
    """Mark a node group as an asset; its picture is of lines, points (n, 2) from 0 to 1 with a colour each."""
    tree.asset_mark()
    tree.asset_data.description, tree.asset_data.author = says, "swinglever"
    for tag in ("swinglever", "biomechanics"):
        tree.asset_data.tags.new(tag, skip_if_exists=True)
    preview = tree.preview_ensure()
    preview.image_size = (_SIDE, _SIDE)
    preview.image_pixels_float.foreach_set(draw_lines(lines).ravel())


def draw_lines(lines: list[tuple[np.ndarray, str]], half_width: float = 0.035) -> np.ndarray:
    """Draw lines with soft edges, (side, side, 4), from the lowest row up; the first is at the back."""
    y, x = (np.mgrid[:_SIDE, :_SIDE] + 0.5) / _SIDE
    here = np.stack([x, y], axis=-1)[..., np.newaxis, :]
    picture = np.zeros((_SIDE, _SIDE, 4), np.float32)
    for points, colour in lines:
        start, way = points[:-1], np.diff(points, axis=0)
        along = ((here - start) * way).sum(axis=-1) / np.maximum((way**2).sum(axis=-1), 1e-12)
        away = np.linalg.norm(here - start - np.clip(along, 0.0, 1.0)[..., np.newaxis] * way, axis=-1).min(axis=-1)
        cover = np.clip((half_width - away) * _SIDE + 0.5, 0.0, 1.0)[..., np.newaxis].astype(np.float32)
        picture = cover * np.array(linear(colour), np.float32) + (1.0 - cover) * picture
    return picture


def strands_picture() -> list[tuple[np.ndarray, str]]:
    """Three tubes side by side."""
    bow = 0.12 * np.sin(np.pi * _SHARE)
    return [
        (np.column_stack([at + sign * bow, 0.1 + 0.8 * _SHARE]), colour)
        for at, sign, colour in ((0.25, -1, WARM), (0.5, 1, COOL), (0.78, 1, UNFOLD))
    ]


def reveal_picture() -> list[tuple[np.ndarray, str]]:
    """A path of which a part is drawn."""
    path = np.column_stack([0.1 + 0.8 * _SHARE, 0.25 + 0.5 * np.sin(np.pi * _SHARE)])
    return [(path, "#5A616C"), (path[:15], WARM)]


def readout_picture() -> list[tuple[np.ndarray, str]]:
    """The number 42."""
    four = np.array([[0.30, 0.85], [0.12, 0.45], [0.45, 0.45]])
    two = np.array([[0.58, 0.75], [0.66, 0.85], [0.8, 0.85], [0.86, 0.7], [0.56, 0.18], [0.88, 0.18]])
    stem = np.array([[0.36, 0.62], [0.36, 0.15]])
    return [(part, "#F2F3F5") for part in (four, stem, two)]
