"""A leg on a moving pelvis has the equation of motion that the whole limb has."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from swinglever.anatomy.carried import carried_by
from swinglever.anatomy.limb import take_limb
from swinglever.anatomy.multibody.equation import body_inertias, inverse_dynamics, mass_matrix
from swinglever.engines.opensim import load_model

FindFile = Callable[[str], Path]


@pytest.mark.parametrize("name", ["models/Rajagopal2016.osim", "hamner2010_run/subject02_registered.osim"])
@pytest.mark.parametrize("base", ["pelvis", "thigh"])
def test_what_a_body_carries_moves_as_in_the_whole(data_file: FindFile, name: str, base: str) -> None:
    """At random motions, turning, sliding and accelerating pelvis included: the same numbers to rounding."""
    limb = take_limb(load_model(data_file(name)), "l")
    random = np.random.default_rng(3)
    shape = (4, 3, len(limb.coordinates))
    q, u, udot = random.normal(0.0, 0.4, shape), random.normal(0.0, 3.0, shape), random.normal(0.0, 30.0, shape)
    body = limb.leg.pelvis_body if base == "pelvis" else limb.leg.thigh
    part = carried_by(limb.model, body)
    assert part.base == body
    assert len(part.coordinates) < len(limb.coordinates)
    placed = limb.model.place(q)
    inertias = body_inertias(placed, limb.model.masses)
    whole = mass_matrix(placed, inertias)[..., part.coordinates, :][..., part.coordinates]
    forces = inverse_dynamics(placed, inertias, u, udot, limb.model.gravity)[..., part.coordinates]
    motion = part.motion_of_base(limb.model, q, u, udot)
    matrix, mine = part.equation(*(x[..., part.coordinates] for x in (q, u, udot)), motion)
    np.testing.assert_allclose(matrix, whole, atol=1e-12)
    np.testing.assert_allclose(mine, forces, atol=1e-9)


@pytest.mark.parametrize("name", ["models/Rajagopal2016.osim", "hamner2010_run/subject02_registered.osim"])
def test_a_leg_with_held_joints_moves_as_one_whose_joints_stand_still(data_file: FindFile, name: str) -> None:
    """Ankle and what is beyond it held somewhere, then the joint in the middle of the leg alone."""
    limb = take_limb(load_model(data_file(name)), "l")
    part = carried_by(limb.model, limb.leg.pelvis_body)
    random = np.random.default_rng(5)
    for columns in (limb.leg.distal, (limb.leg.knee,)):
        still = np.isin(part.coordinates, columns)
        shape = (4, 3, len(limb.coordinates))
        q, u, udot = random.normal(0.0, 0.4, shape), random.normal(0.0, 3.0, shape), random.normal(0.0, 30.0, shape)
        q[..., columns], u[..., columns], udot[..., columns] = 0.3, 0.0, 0.0
        motion = part.motion_of_base(limb.model, q, u, udot)
        own, left = part.coordinates, part.coordinates[~still]
        matrix, forces = part.equation(q[..., own], u[..., own], udot[..., own], motion)
        held = part.held(still, q[0, 0, part.coordinates])
        assert len(held.tree.parent) < len(part.tree.parent)
        np.testing.assert_array_equal(held.coordinates, left)
        mine = held.equation(q[..., left], u[..., left], udot[..., left], motion)
        np.testing.assert_allclose(mine[0], matrix[..., ~still, :][..., ~still], atol=1e-12)
        np.testing.assert_allclose(mine[1], forces[..., ~still], atol=1e-9)


def test_a_frame_does_not_know_which_others_are_beside_it(data_file: FindFile) -> None:
    """To the last bit, with masses of its own too: results do not depend on how work is shared out."""
    limb = take_limb(load_model(data_file("models/Rajagopal2016.osim")), "l")
    part = carried_by(limb.model, limb.leg.pelvis_body)
    random = np.random.default_rng(7)
    q, u, udot = (random.normal(0.0, size, (13, 9, len(limb.coordinates))) for size in (0.4, 3.0, 30.0))
    motion, own = part.motion_of_base(limb.model, q, u, udot), part.coordinates
    heavier = part.masses.of_each(13)
    each = replace(part, masses=replace(heavier, mass_kg=heavier.mass_kg * random.uniform(0.9, 1.1, (13, 1, 1))))
    q, u, udot = (x[..., own] for x in (q, u, udot))
    for leg in (part, each):
        matrix, forces = leg.equation(q, u, udot, motion)
        for k in (0, 6, 12):
            some = slice(k, k + 1)
            alone = leg.of(some).equation(q[some], u[some], udot[some], motion.at((some,)))
            np.testing.assert_array_equal(alone[0], matrix[some])
            np.testing.assert_array_equal(alone[1], forces[some])
    mass = each.masses.mass_kg[6, 0]
    same = replace(part, masses=replace(part.masses, mass_kg=mass))
    np.testing.assert_array_equal(same.equation(q[6], u[6], udot[6], motion.at((6,)))[1], forces[6])


def test_a_body_on_ground_leaves_nothing_out(data_file: FindFile) -> None:
    """Where the base does not move by itself, the part is the whole model."""
    limb = take_limb(load_model(data_file("models/gait10dof18musc.osim")), "r")
    grounded = replace(limb.model.tree, body_joint=np.full_like(limb.model.tree.body_joint, -1))
    part = carried_by(replace(limb.model, tree=grounded), limb.leg.pelvis_body)
    assert part.base == -1
    np.testing.assert_array_equal(part.coordinates, np.arange(len(limb.coordinates)))
