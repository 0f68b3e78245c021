"""One skin over the bodies of a frozen pose, so that a runner of separate surfaces looks like one person.

The surfaces are united, gaps and creases at the joints closed, and the seams smoothed; a point has the colour of the
body that it is nearest to.
"""

import bpy
import numpy as np
from mathutils.kdtree import KDTree

from .build import fill_mesh, read_surface, set_attribute
from .graph import Graph
from .nodes import add_modifier, find_group

SKIN = "Swinglever skin"
#: Size of a grid cell, how far creases are closed and how much is then taken off, m; and the width of the seams.
_CELL_M, _CLOSED_M, _TAKEN_M, _BAND = 0.011, 0.013, 0.015, 5
#: How many of the nearest points share in a colour, and how much farther than the nearest they may be.
_NEAREST, _SEAM_M = 24, 0.015


def skin_group() -> bpy.types.NodeTree:
    """Give the group that draws one skin over surfaces, made when first asked for."""
    return find_group(SKIN) or _make_skin()


def _make_skin() -> bpy.types.NodeTree:
    graph = Graph(SKIN, [("Geometry", "Geometry")])
    given = graph.given["Geometry"]
    grid = graph.node("GeometryNodeMeshToSDFGrid", Mesh=given, Voxel_Size=_CELL_M, Band_Width=_BAND).outputs[0]
    for distance in (_CLOSED_M, -_TAKEN_M):
        grid = graph.node("GeometryNodeSDFGridOffset", Grid=grid, Distance=distance).outputs[0]
    grid = graph.node("GeometryNodeSDFGridMean", Grid=grid, Iterations=2).outputs[0]
    mesh = graph.node("GeometryNodeGridToMesh", Grid=grid, Threshold=0.0).outputs[0]
    return graph.finish(graph.node("GeometryNodeSetShadeSmooth", Mesh=mesh).outputs[0])


def draw_skin(
    name: str, bodies: list[bpy.types.Object], colours: list[np.ndarray], collection: bpy.types.Collection
) -> bpy.types.Mesh:
    """Give one mesh, in the world, over bodies as they stand; colours are linear, one for each body.

    The collection lends its place to the object that is evaluated, and is left as it was.
    """
    graph = bpy.context.evaluated_depsgraph_get()
    parts = [_surface_of(body.evaluated_get(graph)) for body in bodies]
    n_vertices = np.cumsum([0, *(len(points) for points, _, _ in parts)])
    n_corners = np.cumsum([0, *(len(corners) for _, corners, _ in parts)])
    points = np.concatenate([part[0] for part in parts])
    corners = np.concatenate([part[1] + n for part, n in zip(parts, n_vertices, strict=False)])
    starts = np.concatenate([part[2] + n for part, n in zip(parts, n_corners, strict=False)])
    owner = np.repeat(np.arange(len(parts)), np.diff(n_vertices))
    joined = bpy.data.objects.new(name, fill_mesh(bpy.data.meshes.new(name), points, corners, starts))
    collection.objects.link(joined)
    add_modifier(joined, skin_group())
    graph = bpy.context.evaluated_depsgraph_get()
    mesh = bpy.data.meshes.new_from_object(joined.evaluated_get(graph), depsgraph=graph)
    rough = joined.data
    bpy.data.objects.remove(joined)
    bpy.data.meshes.remove(rough)
    set_attribute(mesh, "colour", _nearest_colour(mesh, points, np.array(colours)[owner]))
    mesh.attributes.active_color_name = "colour"
    return mesh


def _surface_of(shape: bpy.types.Object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give vertices in the world (V, 3), corners (L,) and first corners (F,) of an evaluated body."""
    (points, corners, starts), matrix = read_surface(shape.data), np.array(shape.matrix_world)
    return points @ matrix[:3, :3].T + matrix[:3, 3], corners, starts


def _nearest_colour(mesh: bpy.types.Mesh, points: np.ndarray, colours: np.ndarray) -> np.ndarray:
    tree = KDTree(len(points))
    for index, point in enumerate(points):
        tree.insert(point, index)
    tree.balance()
    found = [tree.find_n(vertex.co, _NEAREST) for vertex in mesh.vertices]
    near = np.array([[index for _, index, _ in some] for some in found])
    away = np.array([[distance for _, _, distance in some] for some in found])
    weight = np.exp(-(((away - away[:, :1]) / _SEAM_M) ** 2))  # the nearest has 1
    return (weight[..., np.newaxis] * colours[near]).sum(axis=1) / weight.sum(axis=1, keepdims=True)
