"""A tree some of whose joints are held: what moves together becomes one body, and what is held is left out."""

from dataclasses import replace

import numpy as np

from swinglever.anatomy.multibody.configuration import place
from swinglever.anatomy.multibody.tree import MassProperties, Tree
from swinglever.arrays import Array, Bools, Ints


def hold(tree: Tree, masses: MassProperties, held: Bools, q: Array) -> tuple[Tree, MassProperties]:
    """Hold some joints where coordinates q have them.

    Parameters
    ----------
    tree, masses
        Joints (j) and bodies (b).
    held
        (j) which joints move no more.
    q
        (n) free coordinates; those of joints that are not held do not matter.

    Returns
    -------
    tuple of Tree and MassProperties
        The other joints, each with one body, in its own frame, of all bodies that it carries along. What is fixed to
        ground then is left out.
    """
    kept, carrier = np.flatnonzero(~held), _carriers(tree, held)
    turn, origin = _between(tree, carrier, q)
    before = tree.parent
    moved = replace(
        tree,
        parent=np.where(before < 0, -1, carrier[before]),
        fixed_rotation=turn[before] @ tree.fixed_rotation,
        fixed_position=(turn[before] @ tree.fixed_position[..., None])[..., 0] + origin[before],
    )
    mine = np.where(tree.body_joint < 0, -1, carrier[tree.body_joint])
    joints = np.unique(mine[mine >= 0])
    turned = turn[tree.body_joint] @ tree.body_rotation
    placed = (turn[tree.body_joint] @ tree.body_position[..., None])[..., 0] + origin[tree.body_joint]
    whole = replace(
        moved,
        body_joint=joints,
        body_rotation=np.broadcast_to(np.eye(3), (len(joints), 3, 3)),
        body_position=np.zeros((len(joints), 3)),
    )
    return whole.part(kept, np.arange(len(joints))), _joined(masses, turned, placed, mine == joints[:, None])


def _carriers(tree: Tree, held: Bools) -> Ints:
    """By joint (j), the nearest one on the way to ground, itself included, that is not held; -1 for ground."""
    carrier = np.full(len(tree.parent), -1)
    for joint, before in enumerate(tree.parent):
        carrier[joint] = joint if not held[joint] else carrier[before] if before >= 0 else -1
    return carrier


def _between(tree: Tree, carrier: Ints, q: Array) -> tuple[Array, Array]:
    """Rotation and origin of the frame that each joint carries, as its carrier's sees it; ground's come last."""
    frames = replace(
        tree,
        body_joint=np.arange(len(carrier)),
        body_rotation=np.broadcast_to(np.eye(3), (len(carrier), 3, 3)),
        body_position=np.zeros((len(carrier), 3)),
    )
    placed = place(frames, q)
    rotation = np.concatenate([placed.body_rotation, np.eye(3)[None]])
    position = np.concatenate([placed.body_position, np.zeros((1, 3))])
    from_carrier = np.swapaxes(rotation[np.append(carrier, -1)], 1, 2)
    away = position - position[np.append(carrier, -1)]
    return from_carrier @ rotation, (from_carrier @ away[..., None])[..., 0]


def _joined(masses: MassProperties, turn: Array, origin: Array, members: Bools) -> MassProperties:
    """Mass properties of bodies (c), each made of others (b), ``members`` (c,b); in the frames of the former."""
    each = masses.mass_kg
    centre = (turn @ masses.centre_m[..., None])[..., 0] + origin
    central = turn @ masses.inertia_kg_m2 @ np.swapaxes(turn, 1, 2)
    total = members @ each
    mean = (members * each) @ centre / np.where(total > 0.0, total, 1.0)[:, None]
    away = centre - mean[:, None]
    squared = (away * away).sum(-1)[..., None, None] * np.eye(3) - away[..., :, None] * away[..., None, :]
    inertia = (members[..., None, None] * (central + each[:, None, None] * squared)).sum(axis=1)
    return MassProperties(mass_kg=total, centre_m=mean, inertia_kg_m2=inertia)
