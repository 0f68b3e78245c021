"""Lengths and moment arms of straight paths, span by span, over one cylinder at most.

A span pulls on two bodies along one line, so one wrench and the Jacobian of the joints between the two give its moment
arms. On a cylinder the line breaks in two: the cylinder's body takes both pulls, and is one of the two as a rule.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np

from swinglever.anatomy.multibody.configuration import Bodies, Configuration
from swinglever.anatomy.multibody.frames_last import dot, force_at, some, times
from swinglever.anatomy.multibody.tree import Tree
from swinglever.anatomy.paths.one_cylinder import Touched, wrap_over_one
from swinglever.anatomy.paths.spans import ELSEWHERE, ON_END, SpanGroup, Spans
from swinglever.arrays import Array, Ints


def evaluate_spans(spans: Spans, levers: "Levers", configuration: Configuration, length: Array, arms: Array) -> None:
    """Fill in lengths (T, m) and moment arms (T, m, n) of the paths that are spans.

    Parameters
    ----------
    spans, levers
        How they are laid out, and which coordinates they turn.
    configuration
        The placed model.
    length, arms
        Of all muscles, written to in place; zeros where nothing is written.
    """
    bodies = configuration.bodies
    points = place_spans(spans, bodies)
    distance, wrench = _straight(spans, points)
    for gate, counts in _gates(spans, configuration):
        distance[gate] *= counts
        wrench[:, gate] *= counts
    for part in wrap_over_one(spans, points, bodies):
        distance[part.family.span[part.span], part.frame] += part.touch.growth_m
        _break_line(part, points, wrench)
    total = np.repeat(spans.constant_m[:, None], len(length), axis=1)
    for muscles, columns in spans.ranks:
        total[muscles] += some(distance, columns, axis=0)
    length[:, spans.muscles] = total.T
    levers.add(configuration, wrench, arms)


def place_spans(spans: Spans, bodies: Bodies) -> Array:
    """Points (3,p,T) of the spans in ground."""
    count = sum(on_body.shape[1] for _, on_body in spans.points)
    points, begin = np.empty((3, count, bodies.origin.shape[-1])), 0
    for body, on_body in spans.points:
        part = points[:, begin : begin + on_body.shape[1]]
        times(bodies.rotation[:, :, body, None], on_body[..., None], out=part)
        part += bodies.origin[:, body, None]
        begin += on_body.shape[1]
    return points


def _straight(spans: Spans, points: Array) -> tuple[Array, Array]:
    """Lengths (S,T) of the spans, and wrenches (6,columns,T) about the ground origin on the body where each starts."""
    start, count = some(points, spans.start, axis=1), len(spans.start)
    run = some(points, spans.end, axis=1)
    run -= start
    distance = np.sqrt(run[0] ** 2 + run[1] ** 2 + run[2] ** 2)
    wrench = np.empty((6, spans.n_columns, points.shape[-1]))
    wrench[:, count:] = 0.0
    np.divide(run, distance, out=run, where=distance > 0)
    force_at(start, run, out=wrench[:, :count])
    return distance, wrench


def _gates(spans: Spans, configuration: Configuration) -> list[tuple[int, Array]]:
    """Spans that count only at times, and when (T), one or zero."""
    if not spans.gates:
        return []
    value = configuration.coordinates.value
    holds = np.array([(value[:, c] >= low) & (value[:, c] <= high) for c, low, high in spans.conditions])
    return [(g.span, (holds[g.conditions] == g.wanted[:, None]).all(axis=0).astype(float)) for g in spans.gates]


def _break_line(part: Touched, points: Array, wrench: Array) -> None:
    """Let spans that touch a cylinder pull along their two free ends, in place.

    The line of action of a gradient runs through the end of the span that it belongs to, so the cylinder's body takes
    it there. On the body where the span ends, that leaves the pull at the start alone; else the pull at the end, and a
    third body takes both.
    """
    family, frame, span = part.family, part.frame, part.span
    before, after = (
        force_at(points[:, at[span], frame], pull)
        for at, pull in zip((family.start, family.end), part.pulls(), strict=True)
    )
    place = family.place[span]
    wrench[:, family.span[span], frame] = np.where(place == ON_END, -before, after)
    third = np.flatnonzero(place == ELSEWHERE)
    wrench[:, family.extra[span[third]], frame[third]] = before[:, third] + after[:, third]


@dataclass(frozen=True, kw_only=True)
class _Lever:
    """Spans (g) from one body to another, and the coordinates (d) that move one of the two against the other.

    ``entries`` (g d) are the places of their moment arms among all that are found, and ``joints`` are, for each
    coordinate, the joints between the bodies that it drives, with the sign that each counts with.
    """

    spans: Ints
    entries: Ints
    joints: tuple[tuple[tuple[int, float], ...], ...]


@dataclass(frozen=True, kw_only=True)
class Levers:
    """Which moment arms spans have: by muscle and coordinate, as places (E) in a row of all of them (m n)."""

    parts: tuple[_Lever, ...]
    places: Ints

    @classmethod
    @lru_cache(maxsize=16)
    def of(cls, spans: Spans, tree: Tree) -> Self:
        """Lay them out for a tree; those of the last few are kept."""
        moved = [(group, _joints_between(group, tree)) for group in spans.groups]
        wanted = [(group.muscles[:, None] * tree.n_coordinates + [*joints]).ravel() for group, joints in moved]
        places, entries = np.unique(np.concatenate([*wanted, np.zeros(0, dtype=np.int64)]), return_inverse=True)
        parts, begin = [], 0
        for (group, joints), mine in zip(moved, wanted, strict=True):
            parts.append(
                _Lever(
                    spans=group.spans,
                    entries=entries[begin : begin + len(mine)],
                    joints=tuple(map(tuple, joints.values())),
                )
            )
            begin += len(mine)
        return cls(parts=tuple(p for p in parts if p.joints), places=places)

    def add(self, configuration: Configuration, wrench: Array, arms: Array) -> None:
        """Fill in the moment arms (T, m, n) of wrenches (6,columns,T), in place."""
        axes = configuration.axes_abreast
        found = np.zeros((len(self.places), wrench.shape[-1]))
        for part in self.parts:
            mine = some(wrench, part.spans, axis=1)
            arm = np.empty((len(part.spans), len(part.joints), wrench.shape[-1]))
            for d, joints in enumerate(part.joints):
                moves = np.sum([sign * axes[:, joint] for joint, sign in joints], axis=0)
                dot(mine, moves[:, None], out=arm[:, d])
            found[part.entries] += arm.reshape(-1, arm.shape[-1])
        arms.reshape(len(arms), -1)[:, self.places] = found.T


def _joints_between(group: SpanGroup, tree: Tree) -> dict[int, list[tuple[int, float]]]:
    """Joints that move one body of a group against the other, and which way, by the coordinate that drives them."""
    one, other = (tree.body_ancestors[b] if b >= 0 else np.zeros(len(tree.parent)) for b in group.bodies)
    moving: dict[int, list[tuple[int, float]]] = {}
    for joint in np.flatnonzero(one != other):
        moving.setdefault(int(tree.driver[joint]), []).append((int(joint), float(one[joint] - other[joint])))
    return moving
