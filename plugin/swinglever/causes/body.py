"""Scope ``body``: the whole body released, the stance foot held by constraints instead of the measured ground force.

In flight nothing touches the ground and every free coordinate is released. In stance the point of the foot under the
centre of pressure keeps its recorded acceleration, and the foot its recorded spin about the vertical; the ground then
answers to every muscle by itself, as in OpenSim's InducedAccelerations.

Notes
-----
With J the Jacobian of what is held, the released accelerations are

    udot = P (sum of forces - c) + X J udot_recorded,    X = M^-1 J^T (J M^-1 J^T)^-1,    P = M^-1 - X J M^-1,

so that forces along J, the measured ground force among them, drop out. What joint moments and muscles leave of the
recorded motion (residuals at the pelvis, reserves) is ``unexplained``.
"""

import numpy as np

from swinglever.anatomy.fibres.states import fibre_states
from swinglever.anatomy.groups import regrouped
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.arrays import Array, Ints
from swinglever.causes.attribution import Shares, share_out
from swinglever.causes.equation import SpeedEquation
from swinglever.causes.sources import Sources, joint_group, pull_sources, unexplained
from swinglever.dynamics.limb import Dynamics
from swinglever.dynamics.whole_body import BodyDynamics, compute_body_dynamics, projections
from swinglever.muscles.crossing import crosses
from swinglever.muscles.forces import LegForces
from swinglever.muscles.static_optimization import solve_activations

OTHER_JOINTS = "other_joints"
"""Group of the net moments at joints that no muscle of the model moves: arms, say."""
OTHER_SIDE = "_other_side"
"""Ending of the groups of the muscles that do not belong to the swing leg."""


def attribute_body(dynamics: Dynamics, forces: LegForces | None) -> Shares:
    """Split the knee's motion in the free body, velocity terms shared out by cause.

    Parameters
    ----------
    dynamics
        The swings of one leg.
    forces
        The leg's muscle solution, which all scopes share; None where net joint moments are the sources.
    """
    body = compute_body_dynamics(dynamics)
    sources = body_moment_sources(body) if forces is None else body_sources(body, forces)
    return share_out(body_equation(body, sources))


def body_equation(body: BodyDynamics, sources: Sources) -> SpeedEquation:
    """Set up the equation of the speeds of the whole body.

    Parameters
    ----------
    body
        Its dynamics along the swings.
    sources
        Joint forces (S,K,n,s) over the free coordinates; together with the residuals they make the net force.
    """
    free_motion, answer = projections(body)
    contact = answer @ (body.held @ body.udot[..., None])
    forces = np.concatenate([body.gravity[..., None], sources.force], axis=-1)
    start = np.zeros((*body.u[:, 0].shape, 3 + len(sources.names)))
    start[..., 0] = body.u[:, 0]
    names, leg = body.model.coordinate_names, body.model.legs[body.leg.limb.leg.side]
    return SpeedEquation(
        dynamics=body.leg,
        scope="body",
        released=tuple(names[k] for k in body.free),
        knee=int(np.flatnonzero(body.free == leg.knee)[0]),
        names=("initial", "ground_contact", "gravity", *sources.names),
        groups=("initial", "ground_contact", "gravity", *sources.groups),
        matrix=-free_motion @ body.bilinear,
        drive=np.concatenate([np.zeros_like(contact), contact, free_motion @ forces], axis=-1),
        start=start,
        contacts=body.touches,
        lasting_s=body.leg.swings.lasting_s,
    )


def body_sources(body: BodyDynamics, forces: LegForces) -> Sources:
    """Split the joints' net forces among all muscles of the body.

    Muscles of the swing leg have the forces of the leg's one muscle solution, as in every other scope. Those of the
    other parts, the stance leg and the trunk, have what least effort gives them for the rest of the net forces, the
    swing leg's forces given; their groups end in ``_other_side``. Net moments at joints that no muscle moves are
    sources too; pelvis residuals and reserves are ``unexplained``.
    """
    musculature, legs = body.model.require_muscles(), forces.legs
    swings, names = body.leg.swings, musculature.names
    n_coordinates = swings.q.shape[-1]
    states = evaluate_paths_at(musculature.paths, body.model.tree, swings.q.reshape(-1, n_coordinates))
    speed = states.lengthening_speed(swings.u.reshape(-1, n_coordinates))
    frames = swings.time_s.shape
    arms = states.moment_arm_m[..., body.free].reshape(*frames, len(names), -1)
    mine = [names.index(name) for name in legs.names]
    others = [m for m in range(len(names)) if m not in mine]
    active, passive = np.zeros((*frames, len(names))), np.zeros((*frames, len(names)))
    active[..., mine], passive[..., mine] = forces.active_force_n, forces.passive_force_n
    if others:
        fibres = fibre_states(musculature.muscles, states.length_m, speed)
        # As for the swing leg: passive forces beyond the maximum isometric force are a misfit of the model.
        bearable = (fibres.passive_multiplier.max(axis=0) <= 1) & forces.passive_included
        passive[..., others] = (fibres.passive_force_n * bearable).reshape(passive.shape)[..., others]
        target = body.net_force - _moments(active + passive, arms)
        strength = fibres.active_force_n.reshape(active.shape)[..., others]
        active[..., others] = strength * _least_activation(body, arms[..., others, :], strength, target)
    own = regrouped(names, musculature.groups, body.leg.swings.inputs.muscle_groups)
    groups = [group + ("" if name in legs.names else OTHER_SIDE) for name, group in zip(names, own, strict=True)]
    pulls = pull_sources(names, groups, (active, passive), arms)
    left = body.net_force - pulls.force.sum(axis=-1)
    return pulls.and_then(_without_muscles(body, left, np.flatnonzero(crosses(arms))))


def _moments(force_n: Array, arms: Array) -> Array:
    return np.asarray((force_n[..., None, :] @ arms)[..., 0, :])


def _least_activation(body: BodyDynamics, arms: Array, strength_n: Array, target: Array) -> Array:
    """Activations (S,K,m) of least effort for moments (S,K,n), of muscles with arms (S,K,m,n) and strength (S,K,m)."""
    asked = np.flatnonzero(crosses(arms) & ~body.carries_everything)
    pull = np.swapaxes(arms[..., asked] * strength_n[..., None], -1, -2)
    solution = solve_activations(
        pull.reshape(-1, *pull.shape[2:]),
        target[..., asked].reshape(-1, len(asked)),
        body.leg.swings.inputs.parameters.reserve_optimal_nm,
    )
    return solution.activation.reshape(strength_n.shape)


def body_moment_sources(body: BodyDynamics) -> Sources:
    """Give the net moment of every joint of the body as a source, where there are no muscles to ask."""
    found = _without_muscles(body, body.net_force, np.zeros(0, dtype=np.int64))
    limb = body.leg.limb
    kinds = {f"{limb.model.coordinate_names[k]}_moment": joint_group(body.leg, k) for k in limb.released}
    groups = tuple(kinds.get(name, group) for name, group in zip(found.names, found.groups, strict=True))
    return Sources(names=found.names, groups=groups, force=found.force)


def _without_muscles(body: BodyDynamics, left: Array, moved: Ints) -> Sources:
    """What muscles leave: moments of joints that no muscle moves, a source each; the rest is unexplained."""
    alone = [int(k) for k in np.flatnonzero(~body.carries_everything) if k not in moved]
    force, rest = np.zeros((*left.shape, len(alone))), left.copy()
    force[..., alone, range(len(alone))] = left[..., alone]
    rest[..., alone] = 0.0
    names = tuple(f"{body.model.coordinate_names[body.free[k]]}_moment" for k in alone)
    joints = Sources(names=names, groups=(OTHER_JOINTS,) * len(alone), force=force)
    return joints.and_then(unexplained(rest))
