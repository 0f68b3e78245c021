"""Lengths and moment arms of straight paths, span by span, over one cylinder at most.

A span pulls on two bodies along one line, so one wrench and the Jacobian of the joints between the two give its moment
arms. On a cylinder the line breaks in two: the cylinder's body takes both pulls, and is one of the two as a rule.
"""

from collections.abc import Sequence

import numpy as np

from swinglever.anatomy.multibody.spatial import force_at
from swinglever.anatomy.multibody.tree import Configuration
from swinglever.anatomy.paths.one_cylinder import Touched, wrap_over_one
from swinglever.anatomy.paths.spans import ELSEWHERE, ON_END, SpanGroup, Spans
from swinglever.arrays import Array


def evaluate_spans(
    spans: Spans, configuration: Configuration, frames: tuple[Array, Array], length: Array, arms: Array
) -> None:
    """Fill in lengths (T, m) and moment arms (T, m, n) of the paths that are spans.

    Parameters
    ----------
    spans
        How they are laid out.
    configuration
        The placed model.
    frames
        Rotations and origins of the bodies in ground, (T,b+1,3,3) and (T,b+1,3), ground last.
    length, arms
        Of all muscles, written to in place; zeros where nothing is written.
    """
    points = place_spans(spans, *frames)
    distance, wrench = _straight(spans, points, len(length))
    for gate, counts in _gates(spans, configuration):
        distance[:, gate] *= counts
        wrench[:, :, gate] *= counts[:, None]
    for part in wrap_over_one(spans, points, *frames):
        distance[part.frame, part.family.span[part.span]] += part.growth
        _break_line(part, points, wrench)
    length[:, spans.muscles] = spans.constant_m
    if len(spans.first):
        length[:, spans.muscles[spans.moving]] += np.add.reduceat(distance, spans.first, axis=1)
    for group in spans.groups:
        coordinates, between = _joints_between(group, configuration)
        levers = np.swapaxes(wrench[:, :, group.spans], 1, 2) @ np.swapaxes(between, 1, 2)
        arms[:, group.muscles[:, None], coordinates] += levers


def place_spans(spans: Spans, rotations: Array, origins: Array) -> Array:
    """Points (T,3,p) of the spans in ground, one coordinate after the other, so that arithmetic runs along rows."""
    count = sum(on_body.shape[1] for _, on_body in spans.points)
    points, begin = np.empty((len(origins), 3, count)), 0
    for body, on_body in spans.points:
        part = slice(begin, begin + on_body.shape[1])
        points[:, :, part] = rotations[:, body] @ on_body + origins[:, body, :, None]
        begin = part.stop
    return points


def _straight(spans: Spans, points: Array, n_frames: int) -> tuple[Array, Array]:
    """Lengths (T,S) of the spans, and wrenches (T,6,columns) about the ground origin on the body where each starts."""
    start = points[:, :, spans.start]
    run = points[:, :, spans.end]
    run -= start
    distance = np.sqrt(run[:, 0] ** 2 + run[:, 1] ** 2 + run[:, 2] ** 2)
    wrench = np.zeros((n_frames, 6, spans.n_columns))
    unit = wrench[:, 3:, : len(spans.start)]
    np.divide(run, distance[:, None], out=unit, where=distance[:, None] > 0)
    for axis, (j, k) in enumerate(((1, 2), (2, 0), (0, 1))):
        wrench[:, axis, : len(spans.start)] = start[:, j] * unit[:, k] - start[:, k] * unit[:, j]
    return distance, wrench


def _gates(spans: Spans, configuration: Configuration) -> list[tuple[int, Array]]:
    """Spans that count only at times, and when (T), one or zero."""
    if not spans.gates:
        return []
    value = configuration.tree.couplers.evaluate(configuration.q).value
    holds = np.array([(value[:, c] >= low) & (value[:, c] <= high) for c, low, high in spans.conditions])
    return [(g.span, (holds[g.conditions] == g.wanted[:, None]).all(axis=0).astype(float)) for g in spans.gates]


def _break_line(part: Touched, points: Array, wrench: Array) -> None:
    """Let spans that touch a cylinder pull along their two free ends, in place.

    The line of action of a gradient runs through the end of the span that it belongs to, so the cylinder's body takes
    it there. On the body where the span ends, that leaves the pull at the start alone; else the pull at the end, and a
    third body takes both.
    """
    family, frame, span = part.family, part.frame, part.span
    pull = part.pulls()
    before = force_at(points[frame, :, family.start[span]], pull[0])
    after = force_at(points[frame, :, family.end[span]], pull[1])
    place = family.place[span]
    wrench[frame, :, family.span[span]] = np.where((place == ON_END)[:, None], -before, after)
    third = np.flatnonzero(place == ELSEWHERE)
    wrench[frame[third], :, family.extra[span[third]]] = before[third] + after[third]


def _joints_between(group: SpanGroup, configuration: Configuration) -> tuple[Sequence[int], Array]:
    """Coordinates (d) that move one body of a group against the other, and that motion (T,d,6)."""
    tree = configuration.tree
    one, other = (tree.body_ancestors[b] if b >= 0 else np.zeros(len(tree.parent)) for b in group.bodies)
    joints = np.flatnonzero(one != other)
    drives = tree.drives[joints]
    coordinates = np.flatnonzero(drives.any(axis=0))
    spread = (drives[:, coordinates] * (one - other)[joints, None]).T
    return coordinates.tolist(), spread @ configuration.axes[:, joints]
