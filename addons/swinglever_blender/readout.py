"""Numbers that count with the frames, written by node groups, so that a saved scene shows them without the add-on."""

from collections.abc import Mapping
from dataclasses import dataclass

import bpy
import numpy as np

from .assets import mark_asset, readout_picture
from .build import fill_polyline, new_object, set_attribute
from .graph import Graph
from .ink import paint_ink
from .keys import Track
from .nodes import add_modifier, find_group, input_path, neighbours, set_input

READOUT = "Swinglever readout"
#: Corners of a bend of a letter.
_CORNERS = 4
_SOCKETS = [("Geometry", "Geometry"), ("Sample", "Float"), ("Samples", "Int"), ("Before", "String")]
_SOCKETS += [("After", "String"), ("Decimals", "Int"), ("Signed", "Bool"), ("Size", "Float"), ("Align", "Float")]
_SOCKETS += [("Material", "Material")]


@dataclass(frozen=True, kw_only=True, eq=False)
class Place:
    """Where a number stands and how it looks.

    Parameters
    ----------
    collection, holder
        Its collection, and what it hangs on.
    at
        Place on the holder.
    size, ink, theme
        Height of a line, and its colour.
    align
        Share of its width that lies left of its place: 0 or 1.
    """

    collection: bpy.types.Collection
    holder: bpy.types.Object
    at: tuple[float, float, float]
    size: float
    ink: str
    theme: str
    align: float = 0.0


def readout_group() -> bpy.types.NodeTree:
    """Give the group that writes the value of a sample as text, made when first asked for."""
    found = find_group(READOUT)
    if found is None:
        found = _make_readout()
        mark_asset(found, "Writes a number that counts with the frames", readout_picture())
    return found


def _make_readout() -> bpy.types.NodeTree:
    graph = Graph(READOUT, _SOCKETS)
    low, high, share = neighbours(graph)
    held = graph.node("GeometryNodeInputNamedAttribute", {"data_type": "FLOAT"}, Name="value").outputs["Attribute"]
    ends = []
    for index in (low, high):
        row = graph.node("GeometryNodeSampleIndex", Geometry=graph.given["Geometry"], Value=held, Index=index)
        ends.append(row.outputs[0])
    value = graph.math("ADD", ends[0], graph.math("MULTIPLY", share, graph.math("SUBTRACT", ends[1], ends[0])))
    line = graph.node("GeometryNodeStringJoin")
    texts = (graph.given["Before"], _sign_of(graph, value), _digits_of(graph, value), graph.given["After"])
    for text in reversed(texts):  # the link made last comes first
        graph.tree.links.new(text, line.inputs["Strings"])
    curves = graph.node("GeometryNodeStringToCurves", String=line.outputs[0], Size=graph.given["Size"])
    # Most of a frame's time goes into filling letters: each one once, in proportion to the corners of its outline.
    coarse = graph.node("GeometryNodeSetSplineResolution", Curve=curves.outputs["Curve Instances"], Resolution=_CORNERS)
    letters = graph.node("GeometryNodeFillCurve", Curve=coarse.outputs[0]).outputs[0]
    filled = graph.node("GeometryNodeRealizeInstances", Geometry=letters).outputs[0]
    placed = _aligned(graph, filled)
    shown = graph.node("GeometryNodeSetMaterial", Geometry=placed, Material=graph.given["Material"]).outputs[0]
    return graph.finish(shown)


def _digits_of(graph: Graph, value: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    size = graph.math("ABSOLUTE", value)
    return graph.node("FunctionNodeValueToString", Value=size, Decimals=graph.given["Decimals"]).outputs[0]


def _sign_of(graph: Graph, value: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """Give plus or minus; none for what rounds to nothing, and no plus where signs were not asked for."""
    least = graph.math("MULTIPLY", 0.5, graph.math("POWER", 0.1, graph.given["Decimals"]))
    above = graph.math("GREATER_THAN", value, least)
    below = graph.math("LESS_THAN", value, graph.math("MULTIPLY", least, -1.0))
    plus = _switch(graph, graph.math("MULTIPLY", above, graph.given["Signed"]), "", "+")
    return _switch(graph, below, plus, "−")


def _switch(
    graph: Graph, condition: bpy.types.NodeSocket, no: bpy.types.NodeSocket | str, yes: str
) -> bpy.types.NodeSocket:
    return graph.node("GeometryNodeSwitch", {"input_type": "STRING"}, Switch=condition, i1=no, i2=yes).outputs[0]


def _aligned(graph: Graph, text: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """Move the text back by a share of its width: 0 keeps it at the right of its place, 1 puts it at the left."""
    box = graph.node("GeometryNodeBoundBox", Geometry=text)
    corners = [graph.node("ShaderNodeSeparateXYZ", Vector=box.outputs[name]).outputs["X"] for name in ("Min", "Max")]
    wide = graph.math("SUBTRACT", corners[1], corners[0])
    back = graph.math("MULTIPLY", wide, graph.math("MULTIPLY", graph.given["Align"], -1.0))
    offset = graph.node("ShaderNodeCombineXYZ", X=back).outputs[0]
    return graph.node("GeometryNodeTransform", Geometry=text, Translation=offset).outputs[0]


def add_readout(
    name: str,
    samples: Mapping[float, float],
    place: Place,
    *,
    before: str = "",
    after: str = "",
    decimals: int = 0,
    signed: bool = False,
) -> bpy.types.Object:
    """Add a number that counts: frame to value, as the samples say; before the first and after the last it stands."""
    frames, values = (np.array([*part], dtype=float) for part in (samples.keys(), samples.values()))
    mesh = fill_polyline(bpy.data.meshes.new(name), np.zeros((len(values), 3)), np.empty((0, 2)))
    set_attribute(mesh, "value", np.nan_to_num(values))
    item = new_object(name, mesh, place.collection, place.holder)
    item.location = place.at
    paint_ink(item, place.ink, place.theme)
    words = {"Before": before, "After": after, "Decimals": decimals, "Signed": signed}
    modifier = add_modifier(item, readout_group(), Samples=len(values), Size=place.size, Align=place.align)
    for key, value in words.items():
        set_input(modifier, key, value)
    set_input(modifier, "Material", item.material_slots[0].material)
    track = Track(f"{place.collection.name} {name}")
    track.key(item, input_path(modifier, "Sample"), frames, np.arange(len(values), dtype=float))
    return item
