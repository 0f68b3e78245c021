"""Paths that OpenSim itself has to find: those that wrap over spheres, ellipsoids or tori.

Slower than our own arrays (about a millisecond a frame), and exactly what OpenSim makes of them: the moment arm is the
torque of unit tension along OpenSim's path, as its computeMomentArm gives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
        native = open_model(self.source)
        state = native.initSystem()
        handles = [native.getCoordinateSet().get(name) for name in self.coordinate_names]
        for handle in handles:
            handle.setLocked(state, False)
        bodies = [native.getBodySet().get(name) for name in self.body_names]
        paths = [opensim.GeometryPath.safeDownCast(native.getMuscles().get(n).getPath()) for n in self.names]
        length = np.empty((len(coordinates), len(self.names)))
        wrenches = np.zeros((len(coordinates), len(self.names), len(bodies) + 1, 6))
        for t, values in enumerate(coordinates):
            for handle, value in zip(handles, values, strict=True):
                handle.setValue(state, float(value), False)
            native.realizePosition(state)
            origins = np.array([b.getTransformInGround(state).p().to_numpy() for b in bodies])
            for k, path in enumerate(paths):
                length[t, k] = path.getLength(state)
                wrenches[t, k, :-1] = _body_forces(native, state, path, bodies, origins)
        return length, wrenches


def _body_forces(native: Any, state: Any, path: Any, bodies: list[Any], origins: Array) -> Array:
    """Spatial forces (b,6) of unit tension on the bodies, about the ground origin."""
    zero = opensim.SpatialVec(opensim.Vec3(0), opensim.Vec3(0))
    forces = opensim.VectorOfSpatialVec(native.getNumBodies() + 1, zero)
    path.addInEquivalentForces(state, 1.0, forces, opensim.Vector(state.getNU(), 0.0))
    found = [forces.get(int(body.getMobilizedBodyIndex())) for body in bodies]
    out = np.array([[*f.get(0).to_numpy(), *f.get(1).to_numpy()] for f in found])
    out[:, :3] += np.cross(origins, out[:, 3:])
    return out
