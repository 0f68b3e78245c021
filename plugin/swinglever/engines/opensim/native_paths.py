"""Paths that OpenSim itself has to find: those that wrap over spheres, ellipsoids or tori.

Slower than our own arrays (about a millisecond a frame), and exactly what OpenSim makes of them: the moment arm is the
torque of unit tension along OpenSim's path, as its computeMomentArm gives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import opensim

from swinglever.arrays import Array
from swinglever.engines.opensim.session import open_model


@dataclass(frozen=True, kw_only=True)
class NativePaths:
    """Some muscles' paths as OpenSim finds them.

    Parameters
    ----------
    names
        Those muscles (k).
    source
        The model file.
    coordinate_names
        All coordinates, in the order in which values are given.
    body_names
        The bodies (b), in the order in which forces are wanted.
    """

    names: tuple[str, ...]
    source: Path
    coordinate_names: tuple[str, ...]
    body_names: tuple[str, ...]

    def only(self, names: Sequence[str]) -> Self | None:
        """Give the same for those of some muscles that it is about; nothing when it is about none."""
        mine = tuple(n for n in self.names if n in names)
        cls = type(self)
        if not mine:
            return None
        return cls(names=mine, source=self.source, coordinate_names=self.coordinate_names, body_names=self.body_names)

    def evaluate(self, coordinates: Array) -> tuple[Array, Array]:
        """Find lengths and forces of unit tension.

        Parameters
        ----------
        coordinates
            Values of all coordinates, shape (T, n).

        Returns
        -------
        length, wrenches
            Lengths (T, k), and spatial forces (T, k, b+1, 6) about the ground origin; ground is last.
        """
        opened = _open(self, self.source.stat().st_mtime_ns)
        length = np.empty((len(coordinates), len(self.names)))
        wrenches = np.zeros((len(coordinates), len(self.names), len(self.body_names) + 1, 6))
        for t, values in enumerate(coordinates):
            for handle, value in zip(opened.handles, values, strict=True):
                handle.setValue(opened.state, float(value), False)
            opened.native.realizePosition(opened.state)
            for k, path in enumerate(opened.paths):
                length[t, k] = path.getLength(opened.state)
                wrenches[t, k, opened.touched[k]] = _body_forces(opened, path, opened.touched[k])
        return length, wrenches


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """A model with its system built, the handles of its coordinates, some paths, and the bodies that each touches."""

    native: Any
    state: Any
    handles: list[Any]
    paths: list[Any]
    bodies: list[Any]
    touched: list[list[int]]


@lru_cache(maxsize=4)
def _open(wanted: NativePaths, modified_ns: int) -> _Opened:
    """Open the model once, as long as its file stays the same: a system takes longer to build than a path to find."""
    del modified_ns
    native = open_model(wanted.source)
    state = native.initSystem()
    handles = [native.getCoordinateSet().get(name) for name in wanted.coordinate_names]
    for handle in handles:
        handle.setLocked(state, False)
    paths = [opensim.GeometryPath.safeDownCast(native.getMuscles().get(n).getPath()) for n in wanted.names]
    return _Opened(
        native=native,
        state=state,
        handles=handles,
        paths=paths,
        bodies=[native.getBodySet().get(name) for name in wanted.body_names],
        touched=[_touched(path, wanted.body_names) for path in paths],
    )


def _touched(path: Any, names: Sequence[str]) -> list[int]:
    """Bodies that a path's points and surfaces are on; ground is not told."""
    points, wraps = path.getPathPointSet(), path.getWrapSet()
    frames = [points.get(i).getParentFrame() for i in range(points.getSize())]
    frames += [wraps.get(i).getWrapObject().getFrame() for i in range(wraps.getSize())]
    on = {frame.findBaseFrame().getName() for frame in frames}
    return [k for k, name in enumerate(names) if name in on]


def _body_forces(opened: _Opened, path: Any, touched: Sequence[int]) -> Array:
    """Spatial forces (t,6) of unit tension on some bodies, about the ground origin."""
    native, state = opened.native, opened.state
    zero = opensim.SpatialVec(opensim.Vec3(0), opensim.Vec3(0))
    forces = opensim.VectorOfSpatialVec(native.getNumBodies() + 1, zero)
    path.addInEquivalentForces(state, 1.0, forces, opensim.Vector(state.getNU(), 0.0))
    bodies = [opened.bodies[k] for k in touched]
    origins = np.array([body.getTransformInGround(state).p().to_numpy() for body in bodies])
    found = [forces.get(int(body.getMobilizedBodyIndex())) for body in bodies]
    out = np.array([[*f.get(0).to_numpy(), *f.get(1).to_numpy()] for f in found])
    out[:, :3] += np.cross(origins, out[:, 3:])
    return out
