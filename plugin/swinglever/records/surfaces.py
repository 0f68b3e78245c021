"""Surfaces that move with the bodies."""

from dataclasses import dataclass
from typing import Annotated

from swinglever.arrays import Floats, Wholes
from swinglever.errors import InputError
from swinglever.records.fields import EXACT, described
from swinglever.records.record import Record


@dataclass(frozen=True, kw_only=True)
class BoneMesh(Record):
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

    name: Annotated[str, described("", "", "file of the surface, or the shape that stands in for it")]
    body: Annotated[str, described("", "", "body that the surface moves with")]
    vertices_m: Annotated[Floats, described("vertex axis", "m", "vertices in the body frame", step=2**-16)]
    loop_vertex: Annotated[
        Wholes, described("corner", "1", "vertex of every face corner, from 0 in each mesh", step=EXACT)
    ]
    loop_start: Annotated[Wholes, described("face", "1", "where each face begins in loop_vertex", step=EXACT)]
    colour: Annotated[Floats, described("rgba", "1", "linear red, green, blue and opacity")]

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.loop_vertex.size and not 0 <= int(self.loop_vertex.max()) < len(self.vertices_m):
            raise InputError(
                f"mesh '{self.name}': a face names vertex {self.loop_vertex.max()} of {len(self.vertices_m)}"
            )
