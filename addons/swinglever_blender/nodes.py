"""Geometry node groups that play cached motion, so that a saved scene needs neither the add-on nor a file.

`Swinglever strands 3` moves polylines through cached vectors and colours and draws them as tubes. `Swinglever reveal`
shows what has been drawn so far. Both take `Sample`, a number keyed over the frames: 3.25 is a quarter of the way from
sample 3 to 4.
"""

from typing import Any, TypeAlias

import bpy
import numpy as np

from .assets import mark_asset, reveal_picture, strands_picture
from .build import MARK
from .graph import Graph

_SHORTEST_M = 1e-5
#: With a number, where scenes of an older version may hold a group of the same kind that reads other attributes.
STRANDS, REVEAL = "Swinglever strands 3", "Swinglever reveal"
#: Attribute of a cache of colours: how thick each strand is at each sample, beside its radius.
THICKNESS = "thickness"
_Socket: TypeAlias = bpy.types.NodeSocket
_Neighbours: TypeAlias = tuple[_Socket, _Socket, _Socket]


def strands_group() -> bpy.types.NodeTree:
    """Give the group that plays cached polylines as coloured tubes, made when first asked for."""
    return find_group(STRANDS) or _published(
        _make_strands(), "Plays cached polylines as coloured tubes", strands_picture()
    )


def reveal_group() -> bpy.types.NodeTree:
    """Give the group that hides what is born after `Sample`, made when first asked for."""
    return find_group(REVEAL) or _published(
        _make_reveal(), "Shows a mesh as far as each of its points is born", reveal_picture()
    )


def _published(tree: bpy.types.NodeTree, says: str, picture: list[tuple[np.ndarray, str]]) -> bpy.types.NodeTree:
    mark_asset(tree, says, picture)
    return tree


def find_group(kind: str) -> bpy.types.NodeTree | None:
    """Find a group that was made here, whatever it is called now."""
    own = (group for group in bpy.data.node_groups if group.get(MARK) == kind and group.library is None)
    return next(own, None)


def add_modifier(item: bpy.types.Object, group: bpy.types.NodeTree, **inputs: object) -> bpy.types.Modifier:
    """Put a node group on an object and set its inputs by their names."""
    modifier = item.modifiers.new(group.name, "NODES")
    modifier.node_group = group
    for name, value in inputs.items():
        set_input(modifier, name.replace("_", " "), value)
    return modifier


def input_path(modifier: bpy.types.Modifier, name: str) -> str:
    """Name the data path of an input, for keyframes."""
    return f'modifiers["{modifier.name}"].properties.inputs.{_identifier(modifier, name)}.value'


def set_input(modifier: bpy.types.Modifier, name: str, value: object) -> None:
    """Set an input; identifiers move between versions, so it is found by name."""
    getattr(modifier.properties.inputs, _identifier(modifier, name)).value = value
    modifier.id_data.update_tag()  # Blender 5.2 does not notice a plain value set.


def get_input(modifier: bpy.types.Modifier, name: str) -> Any:
    """Read an input."""
    return getattr(modifier.properties.inputs, _identifier(modifier, name)).value


def group_modifiers(item: bpy.types.Object) -> list[bpy.types.Modifier]:
    """List the modifiers of an object that play a group made here."""
    return [m for m in item.modifiers if m.type == "NODES" and m.node_group and MARK in m.node_group]


def player_of(item: bpy.types.Object | None) -> bpy.types.Modifier | None:
    """Give the modifier made here that plays an object; none where a user has applied it or taken it off."""
    return None if item is None else next(iter(group_modifiers(item)), None)


def object_inputs(item: bpy.types.Object) -> list[bpy.types.Object]:
    """List the objects that node groups of an object read from."""
    found = []
    for modifier in (m for m in item.modifiers if m.type == "NODES" and m.node_group):
        sockets = (s for s in modifier.node_group.interface.items_tree if s.item_type == "SOCKET")
        ours = [s.identifier for s in sockets if s.in_out == "INPUT" and s.socket_type == "NodeSocketObject"]
        found += [getattr(modifier.properties.inputs, name).value for name in ours]
    return [other for other in found if other is not None]


def _identifier(modifier: bpy.types.Modifier, name: str) -> str:
    for item in modifier.node_group.interface.items_tree:
        if item.item_type == "SOCKET" and item.in_out == "INPUT" and item.name == name:
            return item.identifier
    raise KeyError(f"the node group '{modifier.node_group.name}' has no input '{name}'")


def _make_strands() -> bpy.types.NodeTree:
    sockets = [
        ("Geometry", "Geometry"),
        ("Cache", "Object"),
        ("Colours", "Object"),
        ("Sample", "Float"),
        ("Samples", "Int"),
    ]
    sockets += [
        ("Points", "Int"),
        ("Strands", "Int"),
        ("Radius", "Float"),
        ("Colour by", "String"),
        ("Thickness", "Bool"),
        ("Material", "Material"),
    ]
    graph = Graph(STRANDS, sockets)
    low, high, share = neighbours(graph)
    strand = _attribute(graph, "strand", "INT")
    tint = graph.node("GeometryNodeInputNamedAttribute", {"data_type": "FLOAT_COLOR"}, Name=graph.given["Colour by"])
    colour = _sampled(graph, "Colours", "FLOAT_COLOR", tint.outputs["Attribute"], "Strands", strand, (low, high, share))
    carried = _carried(graph, (low, high, share))
    moved = graph.node("GeometryNodeSetPosition", Geometry=graph.given["Geometry"], Position=carried).outputs[0]
    placed = graph.node("GeometryNodeSetPosition", Geometry=moved, Position=_between(graph)).outputs[0]
    stored = graph.node("GeometryNodeStoreNamedAttribute", {"data_type": "FLOAT_COLOR", "domain": "POINT"})
    stored.inputs["Name"].default_value = "colour"
    graph.tree.links.new(placed, stored.inputs["Geometry"])
    graph.tree.links.new(colour, stored.inputs["Value"])
    thickened = _thickened(graph, stored.outputs[0], strand, (low, high, share))
    return graph.finish(_as_tubes(graph, thickened, _attribute(graph, THICKNESS, "FLOAT")))


def _thickened(graph: Graph, geometry: _Socket, strand: _Socket, around: _Neighbours) -> _Socket:
    """Store on each point how thick its tube is: as the cache says, or once its radius."""
    held = _attribute(graph, THICKNESS, "FLOAT")
    cached = _sampled(graph, "Colours", "FLOAT", held, "Strands", strand, around)
    wanted = graph.node("GeometryNodeSwitch", {"input_type": "FLOAT"}, Switch=graph.given["Thickness"], i1=1.0)
    graph.tree.links.new(cached, wanted.inputs[2])
    stored = graph.node("GeometryNodeStoreNamedAttribute", {"data_type": "FLOAT", "domain": "POINT"}, Geometry=geometry)
    stored.inputs["Name"].default_value = THICKNESS
    graph.tree.links.new(wanted.outputs[0], next(s for s in stored.inputs if s.name == "Value" and s.enabled))
    return stored.outputs[0]


def _attribute(graph: Graph, name: str, kind: str) -> _Socket:
    return graph.node("GeometryNodeInputNamedAttribute", {"data_type": kind}, Name=name).outputs["Attribute"]


def _carried(graph: Graph, around: _Neighbours) -> _Socket:
    """Give a vector of the cache plus, along the three behind it, the place of a point: see `unpack.Strands`."""
    row, held = _attribute(graph, "row", "INT"), graph.node("GeometryNodeInputPosition").outputs[0]
    along = graph.node("ShaderNodeSeparateXYZ", Vector=_attribute(graph, "place", "FLOAT_VECTOR")).outputs
    point, *axes = (
        _sampled(graph, "Cache", "FLOAT_VECTOR", held, "Points", graph.math("ADD", row, i, whole=True), around)
        for i in range(4)
    )
    for axis, part in zip(axes, along, strict=True):
        point = graph.node("ShaderNodeVectorMath", {"operation": "MULTIPLY_ADD"}, i0=axis, i1=part, i2=point).outputs[0]
    return point


def _between(graph: Graph) -> _Socket:
    """Give the place of a point on the straight line from the point before it to the one behind."""
    held = graph.node("GeometryNodeInputPosition").outputs[0]
    ends = []
    for name in ("before", "behind"):
        node = graph.node("GeometryNodeFieldAtIndex", {"data_type": "FLOAT_VECTOR", "domain": "POINT"})
        graph.tree.links.new(_attribute(graph, name, "INT"), node.inputs["Index"])
        graph.tree.links.new(held, next(s for s in node.inputs if s.name == "Value" and s.enabled))
        ends.append(next(s for s in node.outputs if s.enabled))
    return _mixed(graph, "VECTOR", _attribute(graph, "share", "FLOAT"), ends)


def neighbours(graph: Graph) -> _Neighbours:
    """Give the samples before and after, and the way between them; whole samples are met exactly."""
    last = graph.math("SUBTRACT", graph.given["Samples"], 1, whole=True)
    inside = graph.math("MAXIMUM", graph.math("MINIMUM", graph.given["Sample"], last), 0.0)
    # F-curves are single precision: within a thousandth of a sample, that sample is meant.
    snapped = graph.math("SNAP", graph.math("ADD", inside, 0.0005), 0.001)
    low = graph.node("FunctionNodeFloatToInt", {"rounding_mode": "FLOOR"}, i0=snapped).outputs[0]
    high = graph.math("MINIMUM", graph.math("ADD", low, 1, whole=True), last, whole=True)
    return low, high, graph.math("FRACT", snapped)


def _sampled(
    graph: Graph, cache: str, kind: str, value: _Socket, stride: str, index: _Socket, around: _Neighbours
) -> _Socket:
    low, high, share = around
    source = graph.node("GeometryNodeObjectInfo", {"transform_space": "ORIGINAL"}, Object=graph.given[cache]).outputs[
        "Geometry"
    ]
    ends = []
    for sample in (low, high):
        row = graph.math("MULTIPLY_ADD", sample, graph.given[stride], index, whole=True)
        node = graph.node("GeometryNodeSampleIndex", {"data_type": kind, "domain": "POINT"}, Geometry=source, Index=row)
        graph.tree.links.new(value, next(s for s in node.inputs if s.name == "Value" and s.enabled))
        ends.append(next(s for s in node.outputs if s.enabled))
    return _mixed(graph, {"FLOAT_VECTOR": "VECTOR", "FLOAT_COLOR": "RGBA"}.get(kind, kind), share, ends)


def _mixed(graph: Graph, kind: str, share: _Socket, ends: list[_Socket]) -> _Socket:
    mix = graph.node("ShaderNodeMix", {"data_type": kind})
    mix.clamp_factor = True
    for name, value in zip(("Factor", "A", "B"), (share, *ends), strict=True):
        graph.tree.links.new(value, next(s for s in mix.inputs if s.name == name and s.enabled))
    return next(s for s in mix.outputs if s.enabled)


def _as_tubes(graph: Graph, geometry: _Socket, scale: _Socket | float = 1.0) -> _Socket:
    """Draw lines as tubes; a line without length, such as a force that is not there, is not drawn."""
    lines = graph.node("GeometryNodeMeshToCurve", Mesh=geometry).outputs[0]
    short = graph.math("LESS_THAN", graph.node("GeometryNodeSplineLength").outputs["Length"], _SHORTEST_M)
    curve = graph.node("GeometryNodeDeleteGeometry", {"domain": "CURVE"}, Geometry=lines, Selection=short).outputs[0]
    profile = graph.node("GeometryNodeCurvePrimitiveCircle", Resolution=6, Radius=graph.given["Radius"]).outputs[0]
    tube = graph.node(
        "GeometryNodeCurveToMesh", Curve=curve, Profile_Curve=profile, Scale=scale, Fill_Caps=True
    ).outputs[0]
    shown = graph.node("GeometryNodeSetMaterial", Geometry=tube, Material=graph.given["Material"]).outputs[0]
    return _keep_active_colour(graph, shown)


def _keep_active_colour(graph: Graph, tubes: _Socket) -> _Socket:
    """Join one point of the mesh that came in: a mesh made from curves forgets which colour Workbench shows."""
    index = graph.node("GeometryNodeInputIndex").outputs[0]
    later = graph.math("GREATER_THAN", index, 0.0)
    point = graph.node(
        "GeometryNodeDeleteGeometry", {"domain": "POINT"}, Geometry=graph.given["Geometry"], Selection=later
    )
    joined = graph.tree.nodes.new("GeometryNodeJoinGeometry")
    for geometry in (tubes, point.outputs[0]):  # the link made last comes first, and gives the mesh its parameters
        graph.tree.links.new(geometry, joined.inputs[0])
    return joined.outputs[0]


def _make_reveal() -> bpy.types.NodeTree:
    sockets = [
        ("Geometry", "Geometry"),
        ("Sample", "Float"),
        ("Whole", "Bool"),
        ("Radius", "Float"),
        ("Material", "Material"),
    ]
    graph = Graph(REVEAL, sockets)
    born = graph.node("GeometryNodeInputNamedAttribute", {"data_type": "FLOAT"}, Name="born").outputs["Attribute"]
    late = graph.node(
        "FunctionNodeCompare", {"data_type": "FLOAT", "operation": "GREATER_THAN"}, A=born, B=graph.given["Sample"]
    )
    whole = graph.node("FunctionNodeBooleanMath", {"operation": "NOT"}, i0=graph.given["Whole"]).outputs[0]
    gone = graph.node("FunctionNodeBooleanMath", {"operation": "AND"}, i0=late.outputs[0], i1=whole).outputs[0]
    kept = graph.node(
        "GeometryNodeDeleteGeometry", {"domain": "POINT"}, Geometry=graph.given["Geometry"], Selection=gone
    )
    thick = graph.math("GREATER_THAN", graph.given["Radius"], 0.0)
    tubes = _as_tubes(graph, kept.outputs[0])
    flat = graph.node("GeometryNodeSetMaterial", Geometry=kept.outputs[0], Material=graph.given["Material"]).outputs[0]
    switch = graph.node("GeometryNodeSwitch", {"input_type": "GEOMETRY"}, Switch=thick, i1=flat, i2=tubes)
    return graph.finish(switch.outputs[0])
