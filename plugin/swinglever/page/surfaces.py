"""Bones for the page: surfaces with few enough faces to travel in a file, by clustering of vertices."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.arrays import Array
from swinglever.records.surfaces import BoneMesh

MOST_VERTICES = 6000
"""For the whole body: about 40 kB in the file, and drawn sixty times a second without a graphics card."""


@dataclass(frozen=True, kw_only=True)
class Surface:
    """Triangles (F,3) between vertices (V,3), m, in the frame of one body."""

    body: str
    vertices_m: Array
    triangles: np.ndarray


def thin_surfaces(meshes: Sequence[BoneMesh], most: int = MOST_VERTICES) -> list[Surface]:
    """Give the surface of each body, all of them together with at most so many vertices."""
    whole = [_join(body, meshes) for body in dict.fromkeys(mesh.body for mesh in meshes)]
    if sum(len(s.vertices_m) for s in whole) <= most:
        return whole
    cell_m = 0.004
    while True:
        thin = [cluster(surface, cell_m) for surface in whole]
        if sum(len(s.vertices_m) for s in thin) <= most:
            return thin
        cell_m *= 1.15


def cluster(surface: Surface, cell_m: float) -> Surface:
    """Merge the vertices in each cell of a grid into their mean, and drop the faces that become lines.

    Notes
    -----
    Rossignac & Borrel 1993, *Modeling in Computer Graphics*, 455: vertex clustering.
    """
    cells = np.floor(surface.vertices_m / cell_m).astype(np.int64)
    _, place = np.unique(cells, axis=0, return_inverse=True)
    place = place.ravel()
    counts = np.bincount(place)
    merged = np.stack([np.bincount(place, surface.vertices_m[:, k]) / counts for k in range(3)], axis=1)
    faces = place[surface.triangles]
    whole = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    faces = faces[whole]
    _, first = np.unique(np.sort(faces, axis=1), axis=0, return_index=True)
    faces = faces[np.sort(first)]
    used, renamed = np.unique(faces, return_inverse=True)
    return Surface(body=surface.body, vertices_m=merged[used], triangles=renamed.reshape(-1, 3))


def _join(body: str, meshes: Sequence[BoneMesh]) -> Surface:
    parts = [mesh for mesh in meshes if mesh.body == body]
    starts = np.cumsum([0, *(len(part.vertices_m) for part in parts)])
    return Surface(
        body=body,
        vertices_m=np.concatenate([part.vertices_m for part in parts]).astype(float),
        triangles=np.concatenate([_triangles(part) + n for part, n in zip(parts, starts, strict=False)]),
    )


def _triangles(mesh: BoneMesh) -> np.ndarray:
    """Fans (F,3) of the polygons."""
    ends = np.append(mesh.loop_start[1:], len(mesh.loop_vertex))
    sizes = ends - mesh.loop_start
    fans = []
    for k in range(1, int(sizes.max(initial=0)) - 1):
        start = mesh.loop_start[sizes > k + 1]
        fans.append(np.stack([mesh.loop_vertex[start + j] for j in (0, k, k + 1)], axis=1))
    return np.concatenate(fans).astype(np.int64) if fans else np.zeros((0, 3), np.int64)
