"""Lengths and moment arms of muscle paths, for any number of frames at once.

A path runs straight from point to point; points may move with a coordinate, or count only within a coordinate's range,
and the path may wrap over cylinders. The moment arm is minus the derivative of the length with respect to the
coordinate, R = -dL/dq: unit tension pulls on the points, and the Jacobian's transpose turns these forces into
generalised forces, reduced by the model's couplers like any other.
"""

from collections.abc import Iterable

import numpy as np

from swinglever.anatomy.multibody.configuration import Configuration, place
from swinglever.anatomy.multibody.spatial import force_at
from swinglever.anatomy.multibody.tree import Tree
from swinglever.anatomy.paths.records import PathSet, PathStates, PlacedPaths
from swinglever.anatomy.paths.straight import Levers, evaluate_spans
from swinglever.anatomy.paths.wraps import Wraps, add_wraps, find_wraps, settle_paths
from swinglever.arrays import Array, Bools, given_away
from swinglever.signals import spread_evenly

FRAMES_AT_ONCE = 512
"""Frames handled together: many, so that numpy's overhead is spread; few, so that memory stays under 100 MB."""


def evaluate_paths(paths: PathSet, configuration: Configuration, *, n_points: int = 0) -> PathStates:
    """Find length and moment arms of every muscle in every frame.

    Parameters
    ----------
    paths
        The muscles' paths.
    configuration
        The model placed at q (T, n).
    n_points
        Also give this many points along each path, for drawing; 0 for none.
    """
    parts = _parts(len(configuration.q))
    placed = ((part, configuration.part(part)) for part in parts)
    return _evaluate(paths, configuration.tree, len(configuration.q), placed, n_points)


def evaluate_paths_at(paths: PathSet, tree: Tree, q: Array, *, n_points: int = 0) -> PathStates:
    """Find length and moment arms for coordinates q (T, n); as `evaluate_paths`, placing the tree first."""
    frames = np.atleast_2d(q)
    placed = ((part, place(tree, frames[part])) for part in _parts(len(frames)))
    return _evaluate(paths, tree, len(frames), placed, n_points)


def _evaluate(
    paths: PathSet, tree: Tree, n_frames: int, placed_parts: Iterable[tuple[slice, Configuration]], n_points: int
) -> PathStates:
    """Evaluate paths part by part of the frames, each with the model placed in it."""
    n_muscles = len(paths.paths)
    length = np.empty((n_frames, n_muscles))
    arms = np.zeros((n_frames, n_muscles, tree.n_coordinates))
    points = np.empty((n_frames, n_muscles, n_points, 3)) if n_points else None
    levers = Levers.of(paths.spans, tree)
    for part, now in placed_parts:
        evaluate_spans(paths.spans, levers, now, length[part], arms[part])
        if paths.winding:
            rows = list(paths.winding)
            length[part, rows], arms[part, rows] = _evaluate_winding(paths.winding_paths, now)
        if points is not None:
            placed = place_points(paths, now)
            points[part] = polylines(placed, find_wraps(placed), n_points)
    if paths.leverage is not None:
        arms *= paths.leverage
    return PathStates(names=paths.names, length_m=given_away(length), moment_arm_m=given_away(arms), points_m=points)


def _parts(n_frames: int) -> list[slice]:
    return [slice(start, start + FRAMES_AT_ONCE) for start in range(0, n_frames, FRAMES_AT_ONCE)]


def _evaluate_winding(paths: PathSet, configuration: Configuration) -> tuple[Array, Array]:
    placed = place_points(paths, configuration)
    length, forces = straight_paths(placed)
    wrenches = np.zeros((*length.shape, placed.slots[-1] + 1, 6))
    add_wraps(placed, settle_paths(placed), length, forces, wrenches)
    add_point_forces(placed, forces, wrenches)
    if paths.finder is not None:
        columns = [paths.names.index(name) for name in paths.finder.names]
        length[:, columns], wrenches[:, columns] = paths.finder.evaluate(placed.coordinates.value)
    return length, moment_arms(placed, forces, wrenches)


def place_points(paths: PathSet, configuration: Configuration) -> PlacedPaths:
    """Place every path point in ground, and tell which count."""
    coordinates = configuration.coordinates
    n_frames = len(configuration.q)
    locations = np.broadcast_to(paths.locations, (n_frames, *paths.locations.shape))
    if paths.moving:
        locations = locations.copy()
    moved = tuple(point.moves.evaluate(coordinates.value) for _, _, point in paths.moving if point.moves is not None)
    for (m, k, _), now in zip(paths.moving, moved, strict=True):
        locations[:, m, k] = now.value
    active = np.broadcast_to(paths.exists, (n_frames, *paths.exists.shape)).copy()
    for m, k, point in paths.conditional:
        low, high = point.active_range
        value = coordinates.value[:, point.coordinate]
        active[:, m, k] = (value >= low) & (value <= high)
    rotations, origins = _with_ground(configuration)
    positions = (rotations[:, paths.bodies] @ locations[..., None])[..., 0] + origins[:, paths.bodies]
    return PlacedPaths(
        paths=paths,
        configuration=configuration,
        coordinates=coordinates,
        moved=moved,
        rotations=rotations,
        origins=origins,
        positions=positions,
        active=active,
    )


def _with_ground(configuration: Configuration) -> tuple[Array, Array]:
    """Rotations (T,b+1,3,3) and origins (T,b+1,3) of the bodies, and of ground after them."""
    bodies = configuration.bodies
    return np.ascontiguousarray(bodies.rotation.transpose(3, 2, 0, 1)), np.ascontiguousarray(bodies.origin.T)


def straight_paths(placed: PlacedPaths) -> tuple[Array, Array]:
    """Lengths (T, m) and the force of unit tension on every point (T, m, k, 3), as if nothing wrapped."""
    positions, active = placed.positions, placed.active
    before = _last_active(positions, active)[:, :, :-1]
    to_next = positions[:, :, 1:] - before
    counts = active[:, :, 1:] & np.logical_or.accumulate(active, axis=2)[:, :, :-1]
    distance = np.sqrt((to_next * to_next).sum(-1)) * counts
    unit = to_next * np.divide(1.0, distance, out=np.zeros_like(distance), where=distance > 0)[..., None]
    forces = np.zeros_like(positions)
    forces[:, :, 1:] -= unit
    # The pull towards the next point acts on the last point before it that counts.
    pull = unit.copy()
    for k in range(pull.shape[2] - 1, 0, -1):
        passed_on = np.where(active[:, :, k, None], 0.0, pull[:, :, k])
        pull[:, :, k] -= passed_on
        pull[:, :, k - 1] += passed_on
    forces[:, :, :-1] += pull
    return distance.sum(-1), forces


def _last_active(positions: Array, active: Bools) -> Array:
    """Position of each point, or of the last one before it that counts."""
    filled = positions.copy()
    for k in range(1, positions.shape[2]):
        filled[:, :, k] = np.where(active[:, :, k, None], positions[:, :, k], filled[:, :, k - 1])
    return filled


def add_point_forces(placed: PlacedPaths, forces: Array, wrenches: Array) -> None:
    """Add the point forces to the spatial forces (T, m, t+1, 6) on the bodies, about the ground origin, in place."""
    bodies = placed.slots[placed.paths.bodies]
    spatial = force_at(placed.positions, forces)
    muscles = np.arange(len(bodies))
    for k in range(bodies.shape[1]):
        wrenches[:, muscles, bodies[:, k]] += spatial[:, :, k]


def moment_arms(placed: PlacedPaths, forces: Array, wrenches: Array) -> Array:
    """Generalised forces (T, m, n) of unit tension: through the bodies, and through the points that move in them."""
    tree, axes = placed.configuration.tree, placed.configuration.axes
    bodies = placed.touched
    joints = np.flatnonzero(tree.body_ancestors[bodies].any(axis=0))
    driving = np.flatnonzero(tree.drives[joints].any(axis=0))
    # Jacobian (T, b, 6, d): each coordinate's joints, on the bodies that they carry
    spread = tree.body_ancestors[bodies][:, None, joints] * tree.drives[joints][:, driving].T
    sums = spread.reshape(len(bodies) * len(driving), len(joints)) @ axes[:, joints]
    by_axis = np.swapaxes(sums.reshape(len(forces), len(bodies), len(driving), 6), 2, 3)
    jacobian = by_axis.reshape(len(forces), 6 * len(bodies), len(driving))
    flat = wrenches[:, :, :-1].reshape(*wrenches.shape[:2], 6 * len(bodies))
    arms = np.zeros((*wrenches.shape[:2], tree.n_coordinates))
    arms[:, :, driving] = flat @ jacobian
    coordinates, source = placed.coordinates, tree.couplers.source
    for (m, k, point), now in zip(placed.paths.moving, placed.moved, strict=True):
        assert point.moves is not None
        slope = now.slope * coordinates.slope[:, point.moves.source]
        local = (forces[:, m, k, None, :] @ placed.rotations[:, point.body])[:, 0]
        for axis, follows in enumerate(point.moves.source):
            arms[:, m, source[follows]] += local[:, axis] * slope[:, axis]
    return arms


def polylines(placed: PlacedPaths, wrapped: Wraps, n_points: int) -> Array:
    """Spread ``n_points`` points (T, m, k, 3) evenly along each path, for drawing."""
    filled = _last_active(placed.positions, placed.active)
    out = np.empty((*filled.shape[:2], n_points, 3))
    for m in range(filled.shape[1]):
        line = wrapped.line(placed, m)
        out[:, m] = spread_evenly(filled[:, m] if line is None else line, n_points)
    return out


def trace_paths(paths: PathSet, configuration: Configuration) -> tuple[Array, ...]:
    """Give every point of each path (T, k, 3) in ground, for drawing, arcs over cylinders included.

    The number of points k is the muscle's own; where a path has fewer at a time, points repeat.
    """
    traced = [_trace(paths, configuration.part(part)) for part in _parts(len(configuration.q))]
    return tuple(np.concatenate(pieces) for pieces in zip(*traced, strict=True))


def _trace(paths: PathSet, configuration: Configuration) -> list[Array]:
    placed = place_points(paths, configuration)
    wrapped = find_wraps(placed)
    filled = _last_active(placed.positions, placed.active)
    lines = [wrapped.line(placed, m) for m in range(len(paths.names))]
    return [filled[:, m] if line is None else line for m, line in enumerate(lines)]
