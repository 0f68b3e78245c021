"""Reads the muscles' paths from an OpenSim model: points, conditional and moving points, wrapping cylinders."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import opensim

from swinglever.anatomy.multibody.joint_functions import JointFunctions
from swinglever.anatomy.multibody.spatial import turned_about_own_axes
from swinglever.anatomy.paths.cylinder import Cylinder
from swinglever.anatomy.paths.points import MusclePath, PathPoint, PathWrap
from swinglever.anatomy.paths.records import PathSet
from swinglever.arrays import Array
from swinglever.engines.opensim.functions import to_polynomial
from swinglever.engines.opensim.native_paths import NativePaths
from swinglever.errors import ModelError

RANGE_SLACK = 1e-5
"""OpenSim widens the range of a conditional point by this much (rad or m) on either side."""


def read_paths(native: Any, file: Path, coordinates: tuple[str, ...], bodies: tuple[str, ...]) -> PathSet:
    """Read the path of every muscle of an OpenSim model whose system is built.

    Parameters
    ----------
    native, file
        The model, and its file.
    coordinates, bodies
        Names of all its coordinates and of its bodies, in the order in which indices count them.

    Raises
    ------
    ModelError
        When a path is not made of points (a fitted function, say), or wraps over a sphere, ellipsoid or torus and has
        moving points too.
    """
    names = _Names(coordinates=coordinates, bodies=bodies)
    muscles = [native.getMuscles().get(i) for i in range(native.getMuscles().getSize())]
    other = tuple(m.getName() for m in muscles if _wraps_over_more_than_cylinders(m))
    finder = NativePaths(names=other, source=file, coordinate_names=coordinates, body_names=bodies)
    return PathSet(paths=tuple(_path(names, m) for m in muscles), finder=finder if other else None)


@dataclass(frozen=True, kw_only=True)
class _Names:
    """All coordinates and the bodies of a model, in the order in which indices count them."""

    coordinates: tuple[str, ...]
    bodies: tuple[str, ...]


def _wraps_over_more_than_cylinders(muscle: Any) -> bool:
    geometry = opensim.GeometryPath.safeDownCast(muscle.getPath())
    if geometry is None:
        return False
    surfaces = [geometry.getWrapSet().get(i).getWrapObject() for i in range(geometry.getWrapSet().getSize())]
    return any(s.get_active() and opensim.WrapCylinder.safeDownCast(s) is None for s in surfaces)


def _path(names: _Names, muscle: Any) -> MusclePath:
    geometry = opensim.GeometryPath.safeDownCast(muscle.getPath())
    if geometry is None:
        raise ModelError(
            f"expected a path of points, got a {muscle.getPath().getConcreteClassName()} at {muscle.getName()!r}; "
            "use the model as it was before its paths were fitted"
        )
    points, wraps = geometry.getPathPointSet(), geometry.getWrapSet()
    active = [wraps.get(i) for i in range(wraps.getSize()) if wraps.get(i).getWrapObject().get_active()]
    if _wraps_over_more_than_cylinders(muscle):
        if any(opensim.MovingPathPoint.safeDownCast(points.get(i)) is not None for i in range(points.getSize())):
            raise ModelError(
                f"expected no moving points where a path wraps over curved surfaces, at {muscle.getName()!r}"
            )
        active = []
    return MusclePath(
        name=muscle.getName(),
        points=tuple(_point(names, points.get(i)) for i in range(points.getSize())),
        wraps=tuple(_wrap(names, wrap, points.getSize()) for wrap in active),
    )


def _base(names: _Names, frame: Any) -> tuple[int, Array]:
    """Index of the body that carries a frame (-1 for ground), and the frame's pose (4, 4) in it."""
    name = frame.findBaseFrame().getName()
    index = names.bodies.index(name) if name in names.bodies else -1
    return index, pose_matrix(frame.findTransformInBaseFrame())


def pose_matrix(transform: Any) -> Array:
    """Convert a SimTK transform to a matrix (4, 4)."""
    matrix, pose = transform.R().asMat33(), np.eye(4)
    pose[:3, :3] = [[matrix.get(i, j) for j in range(3)] for i in range(3)]
    pose[:3, 3] = transform.p().to_numpy()
    return pose


def _point(names: _Names, point: Any) -> PathPoint:
    body, pose = _base(names, point.getParentFrame())
    moving = opensim.MovingPathPoint.safeDownCast(point)
    if moving is not None:
        return PathPoint(body=body, location_m=np.zeros(3), moves=_moves(names, moving, pose))
    location = pose[:3, :3] @ opensim.PathPoint.safeDownCast(point).get_location().to_numpy() + pose[:3, 3]
    conditional = opensim.ConditionalPathPoint.safeDownCast(point)
    if conditional is None:
        return PathPoint(body=body, location_m=location)
    low, high = (conditional.get_range(i) for i in range(2))
    return PathPoint(
        body=body,
        location_m=location,
        coordinate=names.coordinates.index(conditional.getCoordinate().getName()),
        active_range=(low - RANGE_SLACK, high + RANGE_SLACK),
    )


def _moves(names: _Names, point: Any, pose: Array) -> JointFunctions:
    if not np.array_equal(pose, np.eye(4)):
        raise ModelError(f"expected the moving point {point.getName()!r} on a body, got it on an offset frame")
    among = names.coordinates
    axes = [
        (point.getXCoordinate(), point.get_x_location()),
        (point.getYCoordinate(), point.get_y_location()),
        (point.getZCoordinate(), point.get_z_location()),
    ]
    return JointFunctions(
        source=np.array([among.index(coordinate.getName()) for coordinate, _ in axes]),
        functions=tuple(to_polynomial(f, c.getRangeMin(), c.getRangeMax()) for c, f in axes),
        n_sources=len(among),
    )


def _wrap(names: _Names, wrap: Any, n_points: int) -> PathWrap:
    surface = wrap.getWrapObject()
    cylinder = opensim.WrapCylinder.safeDownCast(surface)
    body, pose = _base(names, cylinder.getFrame())
    inner = np.eye(4)
    inner[:3, :3] = turned_about_own_axes(cylinder.get_xyz_body_rotation().to_numpy())
    inner[:3, 3] = cylinder.get_translation().to_numpy()
    quadrant = cylinder.get_quadrant().lower()
    side = 0 if quadrant in ("all", "unassigned") else -1 if quadrant.startswith("-") else 1
    first, last = wrap.getStartPoint(), wrap.getEndPoint()
    return PathWrap(
        cylinder=Cylinder(
            body=body,
            pose=pose @ inner,
            radius_m=cylinder.get_radius(),
            length_m=cylinder.get_length(),
            side=side,
            side_axis="xyz".index(quadrant[-1]) if side else 0,
        ),
        first=first - 1 if first >= 1 else 0,
        last=last - 1 if last >= 1 else n_points - 1,
    )
