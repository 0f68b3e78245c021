"""The surfaces that an OpenSim model draws, as plain meshes in body frames."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import opensim
from numpy.typing import NDArray

from swinglever.anatomy.surfaces import build_bone, build_brick, build_cylinder, build_ellipsoid
from swinglever.errors import InputError
from swinglever.readers.meshes import Surface, read_mesh
from swinglever.readers.opensim_xml import geometry_folders
from swinglever.records.surfaces import BoneMesh
from swinglever.system.odd_names import is_file
from swinglever.system.resources import model_file

logger = logging.getLogger(__name__)

#: Height of the shoulders over the trunk's origin in our own runner (models/runner_shapes.toml).
_OWN_SHOULDER_M = 0.40
#: Half the distance of its hips, whose middle is its pelvis's origin (models/runner.osim).
_OWN_HIP_M = 0.0864
_SHORTEST_BONE_M, _BONE_WIDTH = 0.03, 0.16
#: A joint that is farther than this from the middle plane is a hip.
_ASIDE_M = 0.04
#: A centre of mass within this distance of a bone is dressed well enough by the bone.
_BESIDE_M = 0.05
#: No bone reaches farther from its joint: its mesh is scaled or placed by a slip of the pen, or by no number.
_FARTHEST_M = 5.0
#: Stand-ins are drawn leaner than the inertia says, and longer, so that they look like bones and muscles show.
_LENGTH_SHARE, _WIDTH_SHARE = 0.8, 0.45
#: Linear colour of bones whose model leaves OpenSim's plain white.
BONE_COLOUR = (0.80, 0.76, 0.66)
_PLAIN_WHITE = 0.99


def list_geometry_folders(model_path: Path) -> tuple[Path, ...]:
    """List those of the places where meshes are looked for that are there."""
    return tuple(folder for folder in geometry_folders(model_path) if folder.is_dir())


def read_bone_meshes(model: opensim.Model, folders: Sequence[Path]) -> tuple[tuple[BoneMesh, ...], tuple[str, ...]]:
    """Read what the model draws on its bodies.

    A body left without a surface, because its files are not there or it never had one, gets a plain bone from its
    origin to that of each body further down, and the ellipsoid of its inertia where its mass is not along a bone. Trunk
    and pelvis get those of our own runner.

    Returns
    -------
    tuple of BoneMesh, tuple of str
        The surfaces, and the mesh files that were not found or could not be read.
    """
    missing: list[str] = []
    meshes = [mesh for geometry in _list_geometry(model) for mesh in _read_geometry(geometry, folders, missing)]
    dressed = {mesh.body for mesh in meshes}
    bodies = model.getBodySet()
    names = [bodies.get(index).getName() for index in range(bodies.getSize())]
    if bare := [name for name in names if name not in dressed]:
        state = model.initSystem()
        meshes += [
            _as_bone_mesh(f"{name}_bone", name, s, np.array(BONE_COLOUR))
            for name in bare
            for s in _build_stand_ins(model, state, name)
        ]
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
    if not (np.abs(vertices) < _FARTHEST_M).all():
        missing.append(geometry.getName())
        return
    placed = Surface(vertices=vertices, loop_vertex=surface.loop_vertex, loop_start=surface.loop_start)
    name, body = geometry.getName(), geometry.getFrame().findBaseFrame().getName()
    yield _as_bone_mesh(name, body, placed, _vec3(geometry.getColor()), geometry.getOpacity())


def _read_surface(geometry: opensim.Geometry, folders: Sequence[Path], missing: list[str]) -> Surface | None:
    mesh = opensim.Mesh.safeDownCast(geometry)
    if mesh is None:
        return _build_solid(geometry)
    name = mesh.getGeometryFilename()
    found = [folder / name for folder in folders if is_file(folder / name)]
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


def _build_stand_ins(model: opensim.Model, state: opensim.State, name: str) -> list[Surface]:
    """Build plain bones to the bodies that a body carries, and its flesh where that lies elsewhere."""
    body = model.getBodySet().get(name)
    centre = _vec3(body.getMassCenter())
    ends = [end for end in _list_carried(model, state, body) if np.linalg.norm(end) > _SHORTEST_BONE_M]
    if name == "torso":
        return _build_trunk(max((end[1] for end in ends), default=_OWN_SHOULDER_M))
    hips = [end for end in ends if abs(end[2]) > _ASIDE_M]
    if name == "pelvis" and len(hips) == 2:
        return [_build_pelvis(np.array(hips))]
    bones = [build_bone(np.zeros(3), end, width=_BONE_WIDTH) for end in ends]
    if body.getMass() <= 0 or any(_distance_to_segment(centre, end) < _BESIDE_M for end in ends):
        return bones or [build_ellipsoid(np.full(3, 0.015))]
    return [*bones, build_ellipsoid(_lean_radii(body), centre_m=centre)]


def _build_trunk(shoulder_m: float) -> list[Surface]:
    """Take trunk and head of our own runner, whose trunk's frame is that of most models, to a shoulder's height."""
    scale = shoulder_m / _OWN_SHOULDER_M
    return [_own_part(part, scale, np.zeros(3)) for part in ("torso", "head")]


def _build_pelvis(hips_m: NDArray[np.float64]) -> Surface:
    """Take the pelvis of our own runner to where two hips (2, 3) are: without it the muscles of legs end in the air."""
    return _own_part("pelvis", float(np.ptp(hips_m[:, 2])) / (2.0 * _OWN_HIP_M), hips_m.mean(axis=0))


def _own_part(part: str, scale: float, origin_m: NDArray[np.float64]) -> Surface:
    """Take a part of our own runner's body, scaled, to an origin (3,)."""
    own = read_mesh(model_file(f"Geometry/runner_{part}.obj"))
    return Surface(vertices=scale * own.vertices + origin_m, loop_vertex=own.loop_vertex, loop_start=own.loop_start)


def _list_carried(model: opensim.Model, state: opensim.State, body: opensim.Body) -> list[NDArray[np.float64]]:
    """List where the bodies joined to this one have their origins, in its frame, as the model stands by default."""
    origins = []
    joints = model.getJointSet()
    for index in range(joints.getSize()):
        joint = joints.get(index)
        if joint.getParentFrame().findBaseFrame().getName() == body.getName():
            child = joint.getChildFrame().findBaseFrame()
            origins.append(_vec3(child.findStationLocationInAnotherFrame(state, opensim.Vec3(0), body)))
    return origins


def _distance_to_segment(point: NDArray[np.float64], end: NDArray[np.float64]) -> float:
    """Distance of a point from the straight line from the origin to an end."""
    share = np.clip(point @ end / (end @ end), 0.0, 1.0)
    return float(np.linalg.norm(point - share * end))


def _lean_radii(body: opensim.Body) -> NDArray[np.float64]:
    """Radii (3,) after the even ellipsoid with the body's mass and moments of inertia, I_x = m (b^2 + c^2) / 5."""
    moments = _vec3(body.getInertia().getMoments())
    squares = 2.5 * (moments.sum() - 2.0 * moments) / body.getMass()
    radii = np.sqrt(np.maximum(squares, 0.01**2))
    return radii * np.where(radii == radii.max(), _LENGTH_SHARE, _WIDTH_SHARE)


def _as_bone_mesh(
    name: str, body: str, surface: Surface, colour: NDArray[np.float64], opacity: float = 1.0
) -> BoneMesh:
    plain = not np.isfinite(colour).all() or bool(np.all(colour > _PLAIN_WHITE))
    shown = np.array(BONE_COLOUR) if plain else np.clip(colour, 0.0, 1.0)
    return BoneMesh(
        name=name,
        body=body,
        vertices_m=surface.vertices,
        loop_vertex=surface.loop_vertex,
        loop_start=surface.loop_start,
        colour=np.append(shown, float(np.clip(np.nan_to_num(opacity, nan=1.0), 0.0, 1.0))),
    )


def _vec3(vector: opensim.Vec3) -> NDArray[np.float64]:
    return np.array([vector.get(0), vector.get(1), vector.get(2)])
