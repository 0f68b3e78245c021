"""A planar runner by hand: a pelvis, two legs of thigh, shank and foot, hinges only; its answers are known by hand."""

from dataclasses import dataclass, field

import numpy as np

from swinglever.anatomy.legs import find_legs
from swinglever.anatomy.model import Coordinate, Model
from swinglever.anatomy.multibody.joint_functions import JointFunctions
from swinglever.anatomy.multibody.tree import MassProperties, Tree
from swinglever.arrays import Array

GRAVITY = 9.81


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A rod of a leg: mass, length, distance of its centre from the upper joint, central inertia."""

    mass_kg: float
    length_m: float
    centre_m: float
    inertia_kg_m2: float


def _segment(mass_kg: float, length_m: float, centre_m: float, inertia_kg_m2: float) -> Segment:
    return Segment(mass_kg=mass_kg, length_m=length_m, centre_m=centre_m, inertia_kg_m2=inertia_kg_m2)


@dataclass(frozen=True, kw_only=True)
class PlanarBody:
    """Sizes of the planar runner; the defaults are a man of 70 kg (round figures near Winter 2009, table 4.1).

    ``knee_sign`` is +1 for a model whose knee angle grows with flexion, -1 for one whose angle falls.
    """

    pelvis_mass_kg: float = 47.0
    pelvis_inertia_kg_m2: float = 3.0
    thigh: Segment = field(default_factory=lambda: _segment(7.0, 0.43, 0.19, 0.13))
    shank: Segment = field(default_factory=lambda: _segment(3.3, 0.43, 0.19, 0.05))
    foot: Segment = field(default_factory=lambda: _segment(1.0, 0.15, 0.06, 0.004))
    knee_sign: float = 1.0
    gravity_m_s2: float = GRAVITY


def planar_model(body: PlanarBody | None = None) -> Model:
    """Build the planar runner.

    Parameters
    ----------
    body
        Its sizes.

    Returns
    -------
    Model
        Coordinates ``pelvis_tx``, ``pelvis_ty``, ``pelvis_tilt``, then for r and l ``hip_flexion``, ``knee_angle``,
        ``ankle_angle``. x is forward, y up; at zero the legs hang straight and the feet point forward.
    """
    body = body or PlanarBody()
    x, y, z = np.eye(3)
    joints: list[tuple[int, Array, Array, bool]] = [
        (-1, np.zeros(3), x, True),
        (0, np.zeros(3), y, True),
        (1, np.zeros(3), z, False),
    ]
    coordinates = [
        _coordinate("pelvis_tx", turns=False, low=-100.0, high=100.0),
        _coordinate("pelvis_ty", turns=False, low=-100.0, high=100.0),
        _coordinate("pelvis_tilt", turns=True, low=-3.0, high=3.0),
    ]
    bodies: list[tuple[str, int, float, Array, float]] = [
        ("pelvis", 2, body.pelvis_mass_kg, np.array([0.0, 0.2, 0.0]), body.pelvis_inertia_kg_m2)
    ]
    # Positive turns about z (to the right) carry a hanging leg forward: hip flexion; the knee flexes backwards.
    knee_axis = -body.knee_sign * z
    knee_range = (0.0, 2.7) if body.knee_sign > 0 else (-2.7, 0.0)
    for side, width in (("r", 0.08), ("l", -0.08)):
        hip = len(joints)
        joints.append((2, np.array([0.0, 0.0, width]), z, False))
        joints.append((hip, np.array([0.0, -body.thigh.length_m, 0.0]), knee_axis, False))
        joints.append((hip + 1, np.array([0.0, -body.shank.length_m, 0.0]), z, False))
        coordinates.append(_coordinate(f"hip_flexion_{side}", turns=True, low=-2.0, high=2.5))
        coordinates.append(_coordinate(f"knee_angle_{side}", turns=True, low=knee_range[0], high=knee_range[1]))
        coordinates.append(_coordinate(f"ankle_angle_{side}", turns=True, low=-1.2, high=1.0))
        for k, (name, segment, along) in enumerate(
            (("femur", body.thigh, -y), ("tibia", body.shank, -y), ("calcn", body.foot, x))
        ):
            bodies.append((f"{name}_{side}", hip + k, segment.mass_kg, segment.centre_m * along, segment.inertia_kg_m2))
    return _assemble(joints, coordinates, bodies, body.gravity_m_s2)


def _coordinate(name: str, *, turns: bool, low: float, high: float) -> Coordinate:
    return Coordinate(name=name, turns=turns, minimum=low, maximum=high, default=0.0)


def _assemble(
    joints: list[tuple[int, Array, Array, bool]],
    coordinates: list[Coordinate],
    bodies: list[tuple[str, int, float, Array, float]],
    gravity_m_s2: float,
) -> Model:
    n, names = len(joints), tuple(b[0] for b in bodies)
    inertia = np.zeros((len(bodies), 3, 3))
    inertia[:, 2, 2] = [b[4] for b in bodies]
    tree = Tree(
        parent=np.array([j[0] for j in joints]),
        fixed_rotation=np.broadcast_to(np.eye(3), (n, 3, 3)).copy(),
        fixed_position=np.array([j[1] for j in joints]),
        axis=np.array([j[2] for j in joints]),
        slides=np.array([j[3] for j in joints]),
        body_joint=np.array([b[1] for b in bodies]),
        body_rotation=np.broadcast_to(np.eye(3), (len(bodies), 3, 3)).copy(),
        body_position=np.zeros((len(bodies), 3)),
        couplers=JointFunctions.identity(n),
        joints=JointFunctions.identity(n),
    )
    return Model(
        name="planar runner",
        engine="planar",
        tree=tree,
        masses=MassProperties(
            mass_kg=np.array([b[2] for b in bodies]), centre_m=np.array([b[3] for b in bodies]), inertia_kg_m2=inertia
        ),
        gravity=np.array([0.0, -gravity_m_s2, 0.0]),
        coordinates=tuple(coordinates),
        all_coordinate_names=tuple(c.name for c in coordinates),
        body_names=names,
        legs=find_legs(tree, coordinates, names),
    )
