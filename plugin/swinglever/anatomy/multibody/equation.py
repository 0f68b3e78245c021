"""The equation of motion of a placed tree: mass matrix, velocity terms and moments of any number of frames at once.

Velocities, composite inertias and joint forces of all frames are single matrix products.
"""

import numpy as np

from swinglever.anatomy.multibody.configuration import Configuration
from swinglever.anatomy.multibody.spatial import cross, cross_force, spatial_inertia
from swinglever.anatomy.multibody.tree import MassProperties
from swinglever.arrays import Array


def body_inertias(configuration: Configuration, masses: MassProperties) -> Array:
    """Spatial inertias (..., b, 6, 6) of the bodies in ground."""
    turned = configuration.body_rotation
    centre = (turned @ masses.centre_m[..., None])[..., 0] + configuration.body_position
    central = turned @ masses.inertia_kg_m2 @ np.swapaxes(turned, -1, -2)
    return spatial_inertia(masses.mass_kg, centre, central)


def mass_matrix(configuration: Configuration, inertias: Array) -> Array:
    """Mass matrix M (..., n, n) by the composite-body method, constraints already reduced.

    Parameters
    ----------
    configuration
        The placed tree.
    inertias
        (..., b, 6, 6) from `body_inertias`; or, in inverse kinematics, of markers taken as masses, when the result is
        the Gauss-Newton matrix.
    """
    tree = configuration.tree
    flat = inertias.reshape(*inertias.shape[:-2], 36)
    composite = (tree.body_ancestors.T @ flat).reshape(*inertias.shape[:-3], len(tree.parent), 6, 6)
    momentum = (composite @ configuration.axes[..., None])[..., 0]
    below = (momentum @ np.swapaxes(configuration.axes, -1, -2)) * tree.ancestors
    joint_matrix = below + np.swapaxes(below, -1, -2) * (1.0 - np.eye(len(tree.parent)))
    return np.asarray(np.swapaxes(np.swapaxes(joint_matrix @ tree.drives, -1, -2) @ tree.drives, -1, -2))


def pulled_matrix(configuration: Configuration, body_forces: Array, pulls: Array) -> Array:
    """How generalised forces (..., n, n) fall with the coordinates when forces keep their size and direction in ground.

    Their negative is the geometric stiffness, and what makes of a Gauss-Newton matrix the second derivative.

    Parameters
    ----------
    configuration
        The placed tree.
    body_forces
        Spatial forces (..., b, 6) on the bodies, the sums of forces at points.
    pulls
        (..., b, 3, 3) sum of point times force over the points of each body, both in ground.

    Notes
    -----
    A point moves by s_k = v_k + w_k x p with joint k; joint i before it turns that by w_i. So the force f at p adds
    w_i . (s_k x f), which is linear in the sums of f and of p f^T over all points that joint k carries.
    """
    tree, axes = configuration.tree, configuration.axes
    force = tree.body_ancestors.T @ body_forces
    flat = pulls.reshape(*pulls.shape[:-2], 9)
    carried = (tree.body_ancestors.T @ flat).reshape(*force.shape[:-1], 3, 3)
    about, along = axes[..., :3], axes[..., 3:]
    turned = cross(along, force[..., 3:]) + (carried @ about[..., None])[..., 0]
    turned -= np.trace(carried, axis1=-2, axis2=-1)[..., None] * about
    below = (turned @ np.swapaxes(about, -1, -2)) * tree.ancestors
    joint_matrix = below + np.swapaxes(below, -1, -2) * (1.0 - np.eye(len(tree.parent)))
    diagonal = np.einsum("...jj->...j", joint_matrix)
    diagonal += (configuration.units * force).sum(-1) * configuration.curvature
    return np.asarray(-np.swapaxes(np.swapaxes(joint_matrix @ tree.drives, -1, -2) @ tree.drives, -1, -2))


def inverse_dynamics(configuration: Configuration, inertias: Array, u: Array, udot: Array, gravity: Array) -> Array:
    """Generalised forces (..., n) that give accelerations udot at speeds u: M udot + c(q, u) - g(q).

    With udot and gravity zero this is c; with u and udot zero it is -g.
    """
    velocity = configuration.body_velocities(u)
    acceleration = configuration.body_accelerations(u, udot)
    acceleration[..., 3:] -= gravity
    momentum = (inertias @ velocity[..., None])[..., 0]
    force = (inertias @ acceleration[..., None])[..., 0] + cross_force(velocity, momentum)
    return configuration.generalised_force(force)
