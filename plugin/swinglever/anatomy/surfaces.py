"""Surfaces of bodies: bones that stand in for a missing mesh, and the solids that a model draws without a file."""

import numpy as np
from numpy.typing import NDArray

from swinglever.readers.meshes import Surface

_FloatArray = NDArray[np.float64]


def build_bone(start_m: _FloatArray, end_m: _FloatArray, *, width: float = 0.12) -> Surface:
    """Build a bone between two points: a double cone, thickest near its start, `width` of its length across.

    Parameters
    ----------
    start_m, end_m
        (3,) ends of the bone; a bone without length becomes a small ball.
    """
    axis = end_m - start_m
    length = float(np.linalg.norm(axis))
    if length < 1e-3:
        return build_ellipsoid(np.full(3, 0.015), centre_m=start_m)
    along = np.array([0.0, 0.04, 0.18, 0.5, 0.82, 0.96, 1.0])
    radius = np.array([0.0, 0.8, 1.0, 0.55, 0.6, 0.7, 0.0]) * width * length / 2
    return _revolve(start_m, axis, along, radius)


def build_ellipsoid(radii_m: _FloatArray, *, centre_m: _FloatArray | None = None) -> Surface:
    """Build an ellipsoid with (3,) radii about a centre, the origin unless told."""
    angle = np.linspace(0.0, np.pi, 13)
    ball = _revolve(np.array([0.0, -1.0, 0.0]), np.array([0.0, 2.0, 0.0]), (1 - np.cos(angle)) / 2, np.sin(angle))
    centre = np.zeros(3) if centre_m is None else centre_m
    return Surface(vertices=ball.vertices * radii_m + centre, loop_vertex=ball.loop_vertex, loop_start=ball.loop_start)


def build_cylinder(radius_m: float, half_height_m: float) -> Surface:
    """Build a cylinder about the y axis, as OpenSim draws it."""
    axis = np.array([0.0, 2.0 * half_height_m, 0.0])
    return _revolve(-axis / 2, axis, np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, radius_m, radius_m, 0.0]))


def build_brick(half_lengths_m: _FloatArray) -> Surface:
    """Build a box about the origin with (3,) half lengths."""
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=np.float64)
    faces = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    return Surface(
        vertices=corners * half_lengths_m,
        loop_vertex=np.array(faces, dtype=np.int32).ravel(),
        loop_start=np.arange(0, 24, 4, dtype=np.int32),
    )


def _revolve(
    start_m: _FloatArray, axis_m: _FloatArray, along: _FloatArray, radius_m: _FloatArray, n_sides: int = 12
) -> Surface:
    """Turn a profile (distance along the axis as a share of it, radius) about the axis."""
    direction = axis_m / np.linalg.norm(axis_m)
    side = np.cross(direction, np.eye(3)[np.argmin(np.abs(direction))])
    side /= np.linalg.norm(side)
    angle = 2 * np.pi * np.arange(n_sides) / n_sides
    ring = np.cos(angle)[:, np.newaxis] * side + np.sin(angle)[:, np.newaxis] * np.cross(direction, side)
    centres = start_m + along[:, np.newaxis] * axis_m
    vertices = centres[:, np.newaxis] + radius_m[:, np.newaxis, np.newaxis] * ring
    row = np.arange(len(along) - 1)[:, np.newaxis] * n_sides
    here, there = np.arange(n_sides), (np.arange(n_sides) + 1) % n_sides
    quads = np.stack([row + here, row + there, row + n_sides + there, row + n_sides + here], axis=-1).reshape(-1, 4)
    return Surface(
        vertices=vertices.reshape(-1, 3),
        loop_vertex=quads.astype(np.int32).ravel(),
        loop_start=np.arange(0, quads.size, 4, dtype=np.int32),
    )
