"""Muscle paths as records: all of a model's, what they do, and where they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from swinglever.anatomy.multibody.configuration import Configuration
from swinglever.anatomy.multibody.joint_functions import Mapped
from swinglever.anatomy.paths.points import MusclePath, PathPoint
from swinglever.anatomy.paths.spans import Spans, lay_out_spans
from swinglever.arrays import Array, Bools, Ints, check_shapes, freeze_fields


@dataclass(frozen=True, kw_only=True)
class PathStates:
    """What the paths do, frame by frame.

    Attributes
    ----------
    names
        Muscles (m).
    length_m
        Length from origin to insertion, shape (T, m).
    moment_arm_m
        -dL/dq about each free coordinate, the model's own signs and order, shape (T, m, n): m for a turning
        coordinate, a pure number for a sliding one.
    points_m
        Points along the path in ground, shape (T, m, k, 3), or None when not asked for.
    """

    names: tuple[str, ...]
    length_m: Array
    moment_arm_m: Array
    points_m: Array | None = None

    def __post_init__(self) -> None:
        freeze_fields(self, "length_m", "moment_arm_m")
        check_shapes(self, length_m=("T", len(self.names)), moment_arm_m=("T", len(self.names), "n"))

    def lengthening_speed(self, u: Array) -> Array:
        """Lengthening speeds (T, m) in m/s at coordinate speeds u (T, n)."""
        return np.asarray(-(self.moment_arm_m @ u[..., None])[..., 0])


class PathFinder(Protocol):
    """Finds the paths of some muscles that wrap over what `Cylinder` is not."""

    @property
    def names(self) -> tuple[str, ...]:
        """Those muscles (k)."""
        ...

    def only(self, names: Sequence[str]) -> "PathFinder | None":
        """Give the same for fewer muscles."""
        ...

    def evaluate(self, coordinates: Array) -> tuple[Array, Array]:
        """Lengths (T, k), and spatial forces of unit tension (T, k, b+1, 6), for all coordinates (T, n)."""
        ...


@dataclass(frozen=True, kw_only=True)
class PathSet:
    """All paths of a model, laid out for numpy: padded with copies of each path's last point.

    ``finder`` takes over for the muscles that it names; their points here serve drawing only. ``leverage`` (m,n) makes
    moment arms longer or shorter than the paths do, to see what that changes.
    """

    paths: tuple[MusclePath, ...]
    finder: PathFinder | None = None
    leverage: Array | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the muscles (m)."""
        return tuple(path.name for path in self.paths)

    @cached_property
    def bodies(self) -> Ints:
        """(m,k) body of every point."""
        return self._padded([[p.body for p in path.points] for path in self.paths]).astype(np.int64)

    @cached_property
    def locations(self) -> Array:
        """(m,k,3) location of every point in its body."""
        return self._padded([[p.location_m for p in path.points] for path in self.paths])

    @cached_property
    def exists(self) -> Bools:
        """(m,k) whether a point is one, not padding."""
        size = max(len(path.points) for path in self.paths)
        return np.array([[i < len(path.points) for i in range(size)] for path in self.paths])

    @cached_property
    def touched(self) -> Ints | None:
        """(t) bodies, ground left out, that some path touches; None with a finder, which keeps its paths to itself."""
        if self.finder is not None:
            return None
        wrapped = [wrap.cylinder.body for path in self.paths for wrap in path.wraps]
        return np.unique([body for body in (*self.bodies.ravel(), *wrapped) if body >= 0]).astype(np.int64)

    @cached_property
    def conditional(self) -> tuple[tuple[int, int, PathPoint], ...]:
        """Muscle, place in the path, and point, of those that count only at times."""
        return tuple(entry for entry in self._entries() if entry[2].coordinate >= 0)

    @cached_property
    def moving(self) -> tuple[tuple[int, int, PathPoint], ...]:
        """Muscle, place in the path, and point, of those that move in their body."""
        return tuple(entry for entry in self._entries() if entry[2].moves is not None)

    @cached_property
    def over_one(self) -> tuple[int, ...]:
        """Muscles whose path wraps over one cylinder and has the same fixed points at all times."""
        changing = {m for m, _, _ in (*self.conditional, *self.moving)}
        return tuple(m for m, path in enumerate(self.paths) if len(path.wraps) == 1 and m not in changing)

    @cached_property
    def straight(self) -> tuple[int, ...]:
        """Muscles whose path is spans between fixed points, over one cylinder at most: those of `spans`."""
        found = set() if self.finder is None else {self.names.index(name) for name in self.finder.names}
        found |= {m for m, _, _ in self.moving}
        bare = {m for m, path in enumerate(self.paths) if not path.wraps}
        return tuple(m for m in range(len(self.paths)) if m in bare | set(self.over_one) and m not in found)

    @cached_property
    def winding(self) -> tuple[int, ...]:
        """The other muscles: points that move, several cylinders, or a finder."""
        return tuple(sorted(set(range(len(self.paths))) - set(self.straight)))

    @cached_property
    def winding_paths(self) -> "PathSet":
        """Those muscles' paths alone."""
        return replace(self.select([self.names[m] for m in self.winding]), leverage=None)

    @cached_property
    def spans(self) -> Spans:
        """The straight spans of the muscles that are `straight`, laid out for numpy."""
        return lay_out_spans(self.paths, self.straight)

    def _entries(self) -> list[tuple[int, int, PathPoint]]:
        return [(m, k, point) for m, path in enumerate(self.paths) for k, point in enumerate(path.points)]

    def _padded(self, rows: Sequence[Sequence[Any]]) -> Array:
        size = max(len(row) for row in rows)
        return np.array([[*row, *[row[-1]] * (size - len(row))] for row in rows], dtype=float)

    def select(self, names: Sequence[str]) -> "PathSet":
        """Give the same paths for some muscles only, in the order asked for."""
        finder = None if self.finder is None else self.finder.only(names)
        rows = [self.names.index(name) for name in names]
        leverage = None if self.leverage is None else self.leverage[rows]
        return PathSet(paths=tuple(self.paths[k] for k in rows), finder=finder, leverage=leverage)


@dataclass(frozen=True, kw_only=True)
class PlacedPaths:
    """Path points in ground: positions (T,m,k,3), whether each counts (T,m,k), and what placed them.

    ``moved`` has where each of the paths' moving points is in its body, in their order.
    ``rotations`` (T,b+1,3,3) and ``origins`` (T,b+1,3) are the bodies' with ground last, so that index -1 is ground.
    """

    paths: PathSet
    configuration: Configuration
    coordinates: Mapped
    moved: tuple[Mapped, ...]
    rotations: Array
    origins: Array
    positions: Array
    active: Bools

    @cached_property
    def touched(self) -> Ints:
        """(t) bodies, ground left out, that forces may act on."""
        touched = self.paths.touched
        return np.arange(self.origins.shape[1] - 1) if touched is None else touched

    @cached_property
    def slots(self) -> Ints:
        """(b+1) place of each body among those; ground, and what is not touched, comes last."""
        slots = np.full(self.origins.shape[1], len(self.touched), dtype=np.int64)
        slots[self.touched] = np.arange(len(self.touched))
        return slots
