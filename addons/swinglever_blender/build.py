"""Objects from arrays: meshes, ribbons, text and materials."""

from dataclasses import dataclass

import bpy
import numpy as np

from .palette import linear

#: Custom property of what is made here; its value says which of its kind it is.
MARK = "swinglever_made"
#: Corners of a bend of a letter: each costs time whenever text is painted.
_CORNERS = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Spot:
    """Where and when something moves.

    Parameters
    ----------
    collection, root
        Its collection, and the empty that carries it.
    frames
        (T,) frames of its samples.
    ground
        The empty that what stays on the ground hangs on.
    drift_m
        (T, 3) how far the figure has been carried over the ground, in the trial's own axes; nowhere if not given.
    """

    collection: bpy.types.Collection
    root: bpy.types.Object
    frames: np.ndarray
    ground: bpy.types.Object | None = None
    drift_m: np.ndarray | float = 0.0


def new_collection(name: str, parent: bpy.types.Collection) -> bpy.types.Collection:
    """Make a collection inside another one."""
    collection = bpy.data.collections.new(name)
    parent.children.link(collection)
    return collection


def fill_mesh(mesh: bpy.types.Mesh, vertices: np.ndarray, corners: np.ndarray, starts: np.ndarray) -> bpy.types.Mesh:
    """Fill an empty mesh with polygons given flat: every face corner, and where each face begins."""
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", np.asarray(vertices, dtype=np.float32).ravel())
    if len(starts):
        mesh.loops.add(len(corners))
        mesh.loops.foreach_set("vertex_index", np.asarray(corners, dtype=np.int32))
        mesh.polygons.add(len(starts))
        mesh.polygons.foreach_set("loop_start", np.asarray(starts, dtype=np.int32))
    mesh.update(calc_edges=True)
    mesh.validate()
    return mesh


def read_surface(mesh: bpy.types.Mesh) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give a mesh's vertices (V, 3), face corners (L,) and the first corner of each face (F,)."""
    points = np.empty(3 * len(mesh.vertices), np.float32)
    corners, starts = np.empty(len(mesh.loops), np.int32), np.empty(len(mesh.polygons), np.int32)
    mesh.vertices.foreach_get("co", points)
    mesh.loops.foreach_get("vertex_index", corners)
    mesh.polygons.foreach_get("loop_start", starts)
    return points.reshape(-1, 3), corners, starts


def fill_polyline(mesh: bpy.types.Mesh, points: np.ndarray, edges: np.ndarray) -> bpy.types.Mesh:
    """Fill an empty mesh with points (n, 3) and edges (e, 2)."""
    mesh.vertices.add(len(points))
    mesh.vertices.foreach_set("co", np.asarray(points, dtype=np.float32).ravel())
    mesh.edges.add(len(edges))
    mesh.edges.foreach_set("vertices", np.asarray(edges, dtype=np.int32).ravel())
    mesh.update()
    return mesh


def set_attribute(mesh: bpy.types.Mesh, name: str, values: np.ndarray) -> None:
    """Store one value a vertex: whole numbers, numbers, (n, 3) vectors, or (n, 4) linear colours."""
    if values.ndim == 2 and values.shape[1] == 3:
        attribute, key, flat = mesh.attributes.new(name, "FLOAT_VECTOR", "POINT"), "vector", values.astype(np.float32)
    elif values.ndim == 2:
        attribute, key, flat = mesh.attributes.new(name, "FLOAT_COLOR", "POINT"), "color", values.astype(np.float32)
    elif values.dtype.kind in "iu":
        attribute, key, flat = mesh.attributes.new(name, "INT", "POINT"), "value", values.astype(np.int32)
    else:
        attribute, key, flat = mesh.attributes.new(name, "FLOAT", "POINT"), "value", values.astype(np.float32)
    attribute.data.foreach_set(key, flat.ravel())


def new_object(
    name: str, data: bpy.types.ID | None, collection: bpy.types.Collection, parent: bpy.types.Object | None = None
) -> bpy.types.Object:
    """Make an object in a collection, hung on a parent without an offset."""
    item = bpy.data.objects.new(name, data)
    collection.objects.link(item)
    item.parent = parent
    return item


def new_ribbon(
    name: str,
    points: np.ndarray,
    width: float,
    collection: bpy.types.Collection,
    parent: bpy.types.Object | None = None,
) -> bpy.types.Object:
    """Make a flat line through (n, 2) points in the plane z = 0, facing +z."""
    tangent = np.gradient(points, axis=0)
    length = np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-12)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1) / length * width / 2.0
    flat = np.concatenate([points - normal, points + normal])
    vertices = np.column_stack([flat, np.zeros(len(flat))])
    n, low = len(points), np.arange(len(points) - 1)
    quads = np.stack([low, low + 1, n + low + 1, n + low], axis=1)
    mesh = fill_mesh(bpy.data.meshes.new(name), vertices, quads.ravel(), np.arange(0, quads.size, 4))
    return new_object(name, mesh, collection, parent)


def new_rectangle(
    name: str,
    corner: tuple[float, float],
    size: tuple[float, float],
    collection: bpy.types.Collection,
    parent: bpy.types.Object | None = None,
) -> bpy.types.Object:
    """Make a rectangle in the plane z = 0 from its lower left corner."""
    (x, y), (width, height) = corner, size
    corners = np.array([[x, y, 0], [x + width, y, 0], [x + width, y + height, 0], [x, y + height, 0]])
    mesh = fill_mesh(bpy.data.meshes.new(name), corners, np.arange(4), np.array([0]))
    return new_object(name, mesh, collection, parent)


def new_text(
    name: str,
    text: str,
    place: tuple[float, float],
    size: float,
    collection: bpy.types.Collection,
    parent: bpy.types.Object | None = None,
) -> bpy.types.Object:
    """Write a line of text in the plane z = 0."""
    curve = bpy.data.curves.new(name, "FONT")
    curve.body, curve.size, curve.resolution_u = text, size, _CORNERS
    item = new_object(name, curve, collection, parent)
    item.location = (*place, 0.0)
    return item


def paint(item: bpy.types.Object, colour: str, alpha: float = 1.0, *, flat: bool = False) -> bpy.types.Object:
    """Colour an object in every engine; the colour belongs to the object, since several objects share a mesh."""
    return paint_linear(item, linear(colour, alpha), flat=flat)


def paint_linear(item: bpy.types.Object, colour: tuple[float, ...], *, flat: bool = False) -> bpy.types.Object:
    """Colour an object with linear red, green, blue and alpha; a material that a user put on it stays."""
    item.color = colour
    if item.data is None:
        return item
    if not item.data.materials:
        item.data.materials.append(None)
    slot = item.material_slots[0]
    if slot.material is None or MARK in slot.material:
        slot.link, slot.material = "OBJECT", plain_material(colour, flat=flat)
    return item


def plain_material(colour: tuple[float, ...], *, flat: bool = False) -> bpy.types.Material:
    """Give the material of one colour; unshaded if flat, for text and plots."""
    name = "Swinglever " + "".join(f"{round(255 * part):02x}" for part in colour) + (" flat" if flat else "")
    return _find_material(name) or _make_plain(name, colour, flat=flat)


def attribute_material() -> bpy.types.Material:
    """Give the material that takes the attribute `colour` of the geometry."""
    name = "Swinglever attribute"
    return _find_material(name) or _make_attribute(name)


def _find_material(kind: str) -> bpy.types.Material | None:
    """Find a material that was made here, whatever it is called now; one of a user's by the same name is not ours."""
    named = bpy.data.materials.get(kind)
    candidates = (named, *bpy.data.materials) if named is not None else bpy.data.materials
    return next((found for found in candidates if found.get(MARK) == kind and found.library is None), None)


def _make_plain(name: str, colour: tuple[float, ...], *, flat: bool) -> bpy.types.Material:
    kind, socket = ("ShaderNodeEmission", "Color") if flat else ("ShaderNodeBsdfPrincipled", "Base Color")
    material, shader, output = _shader(name, kind)
    shader.inputs[socket].default_value = colour
    material.diffuse_color = colour  # what Workbench shows where a mesh has no colours of its own
    material.node_tree.links.new(_let_through(material, shader.outputs[0], 1.0 - colour[3]), output.inputs["Surface"])
    return material


def _make_attribute(name: str) -> bpy.types.Material:
    material, shader, output = _shader(name, "ShaderNodeBsdfPrincipled")
    source, links = material.node_tree.nodes.new("ShaderNodeAttribute"), material.node_tree.links
    source.attribute_name = "colour"
    links.new(source.outputs["Color"], shader.inputs["Base Color"])
    links.new(shader.outputs[0], output.inputs["Surface"])
    return material


def _shader(name: str, kind: str) -> tuple[bpy.types.Material, bpy.types.Node, bpy.types.Node]:
    """Make a material with a shader and an output, not yet joined."""
    material = bpy.data.materials.new(name)
    material[MARK] = name
    nodes = material.node_tree.nodes
    nodes.clear()
    return material, nodes.new(kind), nodes.new("ShaderNodeOutputMaterial")


def _let_through(material: bpy.types.Material, surface: bpy.types.NodeSocket, share: float) -> bpy.types.NodeSocket:
    """Mix a surface with glass."""
    if share <= 0.0:
        return surface
    nodes, links = material.node_tree.nodes, material.node_tree.links
    mix, clear = nodes.new("ShaderNodeMixShader"), nodes.new("ShaderNodeBsdfTransparent")
    mix.inputs[0].default_value = share
    links.new(surface, mix.inputs[1])
    links.new(clear.outputs[0], mix.inputs[2])
    return mix.outputs[0]
