"""What every engine gives: a model as plain records and arrays, whoever loaded it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from swinglever.anatomy.multibody.configuration import Configuration, place
from swinglever.anatomy.multibody.equation import body_inertias, inverse_dynamics, mass_matrix
from swinglever.anatomy.multibody.tree import MassProperties, Tree
from swinglever.anatomy.musculature import Musculature
from swinglever.arrays import Array, Ints, freeze_fields
from swinglever.errors import ModelError, UnknownNameError, named
from swinglever.records.surfaces import BoneMesh

Side = Literal["r", "l"]


_AT_ONCE = 4096
"""Frames that are placed together where only some points of them are wanted."""
_WHOLE_TURN_RAD = 2 * np.pi - 1e-3
"""Model files round pi."""


@dataclass(frozen=True, kw_only=True)
class Coordinate:
    """One free coordinate: the model's own name, sign and range (rad or m)."""

    name: str
    turns: bool
    minimum: float
    maximum: float
    default: float
    clamped: bool = False
    locked: bool = False

    @property
    def bounded(self) -> bool:
        """Whether its range keeps it from some pose; one of a whole turn does not, though its ends are in the way."""
        return self.clamped and not (self.turns and self.maximum - self.minimum > _WHOLE_TURN_RAD)


@dataclass(frozen=True, kw_only=True)
class MarkerSite:
    """A marker fixed to a body at a location (3) in the body's frame, m."""

    name: str
    body: int
    location_m: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "location_m")


@dataclass(frozen=True, kw_only=True)
class Leg:
    """Which coordinates and bodies make one leg, by index, and the model's sign of knee flexion.

    ``released`` are the coordinates from the hip down that are free to move; ``toes`` is -1 where the model has none.
    """

    side: Side
    knee: int
    knee_sign: float
    hip_flexion: int
    hip: tuple[int, ...]
    distal: tuple[int, ...]
    pelvis_body: int
    thigh: int
    shank: int
    ankle_body: int
    foot: int
    toes: int
    bodies: tuple[int, ...]
    released: tuple[int, ...]

    @property
    def segments(self) -> dict[str, tuple[int, ...]]:
        """Bodies of thigh, shank and foot; a foot has ankle and toes of its own where the model has them."""
        foot = dict.fromkeys(body for body in (self.ankle_body, self.foot, self.toes) if body >= 0)
        return {"thigh": (self.thigh,), "shank": (self.shank,), "foot": tuple(foot)}


@dataclass(frozen=True, kw_only=True)
class Model:
    """A musculoskeletal model as arrays, whole: whoever loaded it is not asked again.

    Frames go in the leading dimensions of every method.

    Parameters
    ----------
    name, engine
        The model's own name, and what loaded it.
    tree, masses, gravity
        Joints; mass, centre of mass and inertia of the bodies; gravity (3) in m/s2.
    coordinates
        Free coordinates (n), in the order of q.
    all_coordinate_names
        Those that follow others included.
    body_names, markers, legs
        Bodies (b), markers on them, and the legs by side.
    musculature, no_muscles
        The muscles; or None, and why the model has none that can be used.
    surfaces
        What the model draws on its bodies.
    doubts
        What the user should know of how the model was loaded.
    file, sha256
        The file that it was loaded from, for tools that read files; None for a model made in memory.
    """

    name: str
    engine: str
    tree: Tree
    masses: MassProperties
    gravity: Array
    coordinates: tuple[Coordinate, ...]
    all_coordinate_names: tuple[str, ...]
    body_names: tuple[str, ...]
    markers: tuple[MarkerSite, ...] = ()
    legs: Mapping[Side, Leg] = field(default_factory=dict)
    musculature: Musculature | None = None
    no_muscles: str = "the model has no muscles"
    surfaces: tuple[BoneMesh, ...] = ()
    doubts: tuple[str, ...] = ()
    file: Path | None = None
    sha256: str = ""

    @property
    def coordinate_names(self) -> tuple[str, ...]:
        """Names of the free coordinates, in the order of q."""
        return tuple(c.name for c in self.coordinates)

    @property
    def mass_kg(self) -> float:
        """Mass of the whole body."""
        return float(self.masses.mass_kg.sum())

    def coordinate(self, name: str) -> int:
        """Index of a free coordinate.

        Raises
        ------
        UnknownNameError
            Saying which coordinates there are.
        """
        if name not in self.coordinate_names:
            raise UnknownNameError(f"the model has no coordinate {name!r}; it has {named(self.coordinate_names)}")
        return self.coordinate_names.index(name)

    def require_muscles(self) -> Musculature:
        """Give the muscles.

        Raises
        ------
        ModelError
            When the model has none that can be used, saying why.
        """
        if self.musculature is None:
            raise ModelError(self.no_muscles)
        return self.musculature

    def require_file(self, reader: str) -> Path:
        """Give the file that the model was loaded from, for a tool that reads such files itself.

        Parameters
        ----------
        reader
            Who needs it, for the message.

        Raises
        ------
        ModelError
            When the model was made in memory.
        """
        if self.file is None:
            raise ModelError(f"{reader} needs a model that was loaded from a file; {self.name!r} was made in memory")
        return self.file

    def place(self, q: Array) -> Configuration:
        """Forward kinematics for q (..., n)."""
        return place(self.tree, q)

    @property
    def told_as(self) -> str:
        """What messages call it: its file, or its name."""
        return self.name if self.file is None else str(self.file)

    @property
    def up(self) -> Array:
        """Unit vector (3) against gravity; nan where the model has none."""
        return np.asarray(-self.gravity / np.linalg.norm(self.gravity))

    def place_in_turn(self, q: Array, pick: Callable[[Configuration], Sequence[Array]]) -> tuple[Array, ...]:
        """Give some arrays (T, ...) of the tree at q (T, ..., n), part by part: a long trial would fill memory."""
        rows = max(1, _AT_ONCE // max(1, math.prod(q.shape[1:-1])))
        # Copies, for what is picked may be a view that would keep the whole placed part.
        parts = [[np.array(one) for one in pick(self.place(q[k : k + rows]))] for k in range(0, max(len(q), 1), rows)]
        return tuple(np.concatenate(column) for column in zip(*parts, strict=True))

    def all_coordinates(self, q: Array) -> Array:
        """Every coordinate (..., all), those that follow others included, in the order of ``all_coordinate_names``."""
        return self.tree.couplers.evaluate(q).value

    def mass_matrix(self, q: Array) -> Array:
        """Mass matrix M (..., n, n) in SI, constraints reduced."""
        configuration = self.place(q)
        return mass_matrix(configuration, body_inertias(configuration, self.masses))

    def velocity_terms(self, q: Array, u: Array) -> Array:
        """Velocity terms c(q, u) (..., n) of M udot + c = forces."""
        configuration = self.place(q)
        inertias = body_inertias(configuration, self.masses)
        return inverse_dynamics(configuration, inertias, u, np.zeros_like(u), np.zeros(3))

    def gravity_forces(self, q: Array) -> Array:
        """Generalised force of gravity g(q) (..., n)."""
        configuration = self.place(q)
        still = np.zeros_like(q)
        return -inverse_dynamics(configuration, body_inertias(configuration, self.masses), still, still, self.gravity)

    def net_forces(self, q: Array, u: Array, udot: Array) -> Array:
        """Generalised forces (..., n) that the motion needs besides gravity: M udot + c - g."""
        configuration = self.place(q)
        return inverse_dynamics(configuration, body_inertias(configuration, self.masses), u, udot, self.gravity)


def widen_knees(model: Model, flexion_rad: float) -> Model:
    """Let every knee flex up to an angle (rad) at least; its other bound stays."""
    coordinates = list(model.coordinates)
    for leg in model.legs.values():
        knee = coordinates[leg.knee]
        if leg.knee_sign > 0:
            coordinates[leg.knee] = replace(knee, maximum=max(knee.maximum, flexion_rad))
        else:
            coordinates[leg.knee] = replace(knee, minimum=min(knee.minimum, -flexion_rad))
    return replace(model, coordinates=tuple(coordinates))


def trunk_of(model: Model) -> tuple[int, ...]:
    """Bodies that the pelvis carries next and that are no legs: the trunk, where there is one."""
    pelvis = next(iter(model.legs.values())).pelvis_body
    legs = {b for leg in model.legs.values() for b in leg.bodies}
    above = model.tree.body_ancestors[:, model.tree.body_joint[pelvis]] > 0
    carried = [b for b in range(len(model.body_names)) if above[b] and b not in legs and b != pelvis]
    depth = model.tree.body_ancestors.sum(axis=1)
    return tuple(b for b in carried if depth[b] == min(depth[c] for c in carried))


def restrict(model: Model, bodies: tuple[int, ...]) -> tuple[Model, Ints]:
    """Give the part of a model that carries some bodies, and the indices (n') of its coordinates in the whole.

    The mass matrix rows, velocity terms and gravity of a limb depend on the limb and on what carries it, on nothing
    else; for its own coordinates the part gives exactly what the whole gives, in a fraction of the time.
    """
    tree = model.tree
    kept_bodies = np.array(sorted(bodies))
    joints = np.flatnonzero(tree.body_ancestors[kept_bodies].any(axis=0))
    kept, rows = tree.coordinates_of(joints)
    limb = replace(
        model,
        tree=tree.part(joints, kept_bodies),
        masses=model.masses.of(kept_bodies),
        coordinates=tuple(model.coordinates[k] for k in kept),
        all_coordinate_names=tuple(model.all_coordinate_names[k] for k in rows),
        body_names=tuple(model.body_names[b] for b in kept_bodies),
        markers=(),
        legs={},
        musculature=None,
        no_muscles="a part of a model has no muscles of its own",
        surfaces=(),
    )
    return limb, kept
