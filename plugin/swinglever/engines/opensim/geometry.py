"""The surfaces that an OpenSim model draws, as plain meshes in body frames."""

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import opensim
from numpy.typing import NDArray

from swinglever.bone_shapes import BoneMesh, build_bone, build_brick, build_cylinder, build_ellipsoid
from swinglever.errors import InputError
from swinglever.readers.meshes import Surface, read_mesh

logger = logging.getLogger(__name__)

#: Linear colour of bones whose model leaves OpenSim's plain white.
BONE_COLOUR = (0.80, 0.76, 0.66)


def list_geometry_folders(model_path: Path) -> tuple[Path, ...]:
    """List where meshes are looked for.

    Beside the model, in `Geometry` there and one folder up, and in the folders that the variable `SWINGLEVER_GEOMETRY`
    names.
    """
    beside = model_path.resolve().parent
    named = os.environ.get("SWINGLEVER_GEOMETRY", "")
    folders = [
        beside,
        beside / "Geometry",
        beside.parent / "Geometry",
        *(Path(p) for p in named.split(os.pathsep) if p),
    ]
    return tuple(folder for folder in folders if folder.is_dir())


def read_bone_meshes(model: opensim.Model, folders: Sequence[Path]) -> tuple[tuple[BoneMesh, ...], tuple[str, ...]]:
    """Read what the model draws on its bodies.

    A body left without a surface, because its files are not there or it never had one, gets a plain bone from its
    origin to each joint further down.

    Returns
    -------
    tuple of BoneMesh, tuple of str
        The surfaces, and the mesh files that were not found or could not be read.
    """
    model.initSystem()
    missing: list[str] = []
    meshes = [mesh for geometry in _list_geometry(model) for mesh in _read_geometry(geometry, folders, missing)]
    dressed = {mesh.body for mesh in meshes}
    bodies = model.getBodySet()
    for index in range(bodies.getSize()):
        name = bodies.get(index).getName()
        if name not in dressed:
            meshes += [_as_bone_mesh(f"{name}_bone", name, s, BONE_COLOUR) for s in _build_bones(model, name)]
    return tuple(meshes), tuple(sorted(set(missing)))


def _list_geometry(model: opensim.Model) -> Iterator[opensim.Geometry]:
    for component in model.getComponentsList():
        geometry = opensim.Geometry.safeDownCast(component)
        if geometry is None or geometry.getConcreteClassName() == "FrameGeometry":
            continue
        if geometry.get_Appearance().get_visible() and geometry.getFrame().findBaseFrame().getName() != "ground":
            yield geometry


def _read_geometry(geometry: opensim.Geometry, folders: Sequence[Path], missing: list[str]) -> Iterator[BoneMesh]:
    surface = _read_surface(geometry, folders, missing)
    if surface is None:
        return
    scale = _vec3(geometry.get_scale_factors())
    placement = geometry.getFrame().findTransformInBaseFrame()
    rotation = np.array([[placement.R().get(i, j) for j in range(3)] for i in range(3)])
    vertices = surface.vertices * scale @ rotation.T + _vec3(placement.p())
    placed = Surface(vertices=vertices, loop_vertex=surface.loop_vertex, loop_start=surface.loop_start)
    colour = _vec3(geometry.getColor())
    shown = BONE_COLOUR if bool(np.all(colour > 0.99)) else (colour[0], colour[1], colour[2])
    yield _as_bone_mesh(geometry.getName(), geometry.getFrame().findBaseFrame().getName(), placed, shown)


def _read_surface(geometry: opensim.Geometry, folders: Sequence[Path], missing: list[str]) -> Surface | None:
    mesh = opensim.Mesh.safeDownCast(geometry)
    if mesh is None:
        return _build_solid(geometry)
    name = mesh.getGeometryFilename()
    found = [folder / name for folder in folders if (folder / name).is_file()]
    try:
        if found:
            return read_mesh(found[0])
    except InputError as error:
        logger.warning("%s; a plain bone stands in for it", error)
    missing.append(name)
    return None


def _build_solid(geometry: opensim.Geometry) -> Surface | None:
    kind = geometry.getConcreteClassName()
    if kind == "Sphere":
        return build_ellipsoid(np.full(3, opensim.Sphere.safeDownCast(geometry).get_radius()))
    if kind == "Ellipsoid":
        return build_ellipsoid(_vec3(opensim.Ellipsoid.safeDownCast(geometry).get_radii()))
    if kind == "Cylinder":
        cylinder = opensim.Cylinder.safeDownCast(geometry)
        return build_cylinder(cylinder.get_radius(), cylinder.get_half_height())
    if kind == "Brick":
        return build_brick(_vec3(opensim.Brick.safeDownCast(geometry).get_half_lengths()))
    return None


def _build_bones(model: opensim.Model, body: str) -> list[Surface]:
    """Build bones from a body's origin to the joints that it carries; a body without any gets a short stub."""
    origin = np.zeros(3)
    ends = []
    joints = model.getJointSet()
    for index in range(joints.getSize()):
        parent = joints.get(index).getParentFrame()
        if parent.findBaseFrame().getName() == body:
            ends.append(_vec3(parent.findTransformInBaseFrame().p()))
    if not ends:
        centre_of_mass = _vec3(model.getBodySet().get(body).getMassCenter())
        ends = [2.0 * centre_of_mass]
    return [build_bone(origin, end) for end in ends]


def _as_bone_mesh(name: str, body: str, surface: Surface, colour: tuple[float, float, float]) -> BoneMesh:
    return BoneMesh(
        name=name,
        body=body,
        vertices_m=surface.vertices,
        loop_vertex=surface.loop_vertex,
        loop_start=surface.loop_start,
        colour=np.array(colour),
    )


def _vec3(vector: opensim.Vec3) -> NDArray[np.float64]:
    return np.array([vector.get(0), vector.get(1), vector.get(2)])
