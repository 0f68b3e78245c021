"""Surfaces that move with the bodies."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from swinglever.errors import InputError


@dataclass(frozen=True, kw_only=True)
class BoneMesh:
    """A surface that moves with one body; scale and placement are already applied.

    Parameters
    ----------
    name
        File stem of the mesh, or of the shape that stands in for it.
    body
        Body whose frame the vertices are in.
    vertices_m
        (V, 3) vertices in the body frame.
    loop_vertex
        (L,) vertex index of every face corner, faces one after the other.
    loop_start
        (F,) where each face begins in `loop_vertex`.
    colour
        (4,) linear red, green, blue and opacity, 0 to 1.
    """

    name: str
    body: str
    vertices_m: NDArray[np.floating[Any]]
    loop_vertex: NDArray[np.integer[Any]]
    loop_start: NDArray[np.integer[Any]]
    colour: NDArray[np.floating[Any]]

    def __post_init__(self) -> None:
        if self.vertices_m.ndim != 2 or self.vertices_m.shape[1] != 3 or self.colour.shape != (4,):
            got = f"{self.vertices_m.shape} and {self.colour.shape}"
            raise InputError(f"mesh '{self.name}': expected vertices (V, 3) and a colour (4,), got {got}")
        if self.loop_vertex.size and not 0 <= int(self.loop_vertex.max()) < len(self.vertices_m):
            raise InputError(
                f"mesh '{self.name}': a face names vertex {self.loop_vertex.max()} of {len(self.vertices_m)}"
            )
        for array in (self.vertices_m, self.loop_vertex, self.loop_start, self.colour):
            array.setflags(write=False)
