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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from swinglever.anatomy.fibres.states import fibre_states
from swinglever.anatomy.groups import group_of
from swinglever.anatomy.model import Model
from swinglever.anatomy.paths.geometry import evaluate_paths
from swinglever.arrays import Array, Bools, Ints
from swinglever.causes.attribution import Source, integrate_linear
from swinglever.causes.muscle_sources import PASSIVE, UNEXPLAINED
from swinglever.dynamics.limb import Dynamics
from swinglever.dynamics.whole_body import BodyDynamics, compute_body_dynamics, projections
from swinglever.muscles.static_optimization import solve_activations
from swinglever.records.emg import EmgRecord
from swinglever.records.parameters import Parameters
from swinglever.records.results import Attribution, Kinematics
from swinglever.records.trial import GroundForce

OTHER_JOINTS = "other_joints"
"""Group of the net moments at joints that no muscle of the model moves: arms, say."""
OTHER_SIDE = "_other_side"
"""Ending of the groups of the muscles that do not belong to the swing leg."""


def body_sources(
    model: Model,
    body: BodyDynamics,
    parameters: Parameters,
    emg: EmgRecord | None = None,
) -> list[Source]:
    """Split the joints' net forces among all muscles of the body, by static optimization over the whole of it.

    Muscles of the swing leg keep their groups; those of other parts have groups that end in ``_other_side``. Net
    moments at joints that no muscle moves are sources too; pelvis residuals and reserves are ``unexplained``. Muscles
    of the swing leg stay near the activations that its EMG asks for.
    """
    musculature = model.require_muscles()
    states = evaluate_paths(musculature.paths, body.placed)
    arms = states.moment_arm_m[:, :, body.free]
    speed = np.asarray(-(arms @ body.u[..., None])[..., 0])
    fibres = fibre_states(musculature.muscles, states.length_m, speed)
    # as for the leg alone: passive forces beyond the maximum isometric force are a misfit of the model
    bearable = (fibres.passive_multiplier <= 1).all(axis=0) & parameters.passive_force
    passive = (fibres.passive_force_n * bearable)[..., None] * arms
    moved = np.flatnonzero((np.abs(arms).max(axis=(0, 1)) > 1e-9) & ~_carries_everything(model, body))
    strength = np.swapaxes(arms * fibres.active_force_n[..., None], 1, 2)
    target = body.net_force - passive.sum(axis=1)
    wanted, weight = None, None
    if emg is not None and emg.drives:
        wanted, told = emg.wish(musculature.paths.names)
        weight = np.where(told, parameters.emg_weight, 1.0)
    solution = solve_activations(
        strength[:, moved], target[:, moved], parameters.reserve_optimal_nm, wanted=wanted, weight=weight
    )
    active = np.swapaxes(strength * solution.activation[:, None], 1, 2)
    sources = []
    for m, name in enumerate(musculature.paths.names):
        group = group_of(name) if name.endswith("_" + body.swing.events.side) else group_of(name) + OTHER_SIDE
        sources.append(Source(name=name, group=group, force=active[:, m]))
        if passive[:, m].any():
            sources.append(Source(name=name + PASSIVE, group=group + PASSIVE, force=passive[:, m]))
    left = body.net_force - active.sum(axis=1) - passive.sum(axis=1)
    return [*sources, *_without_muscles(model, body, left, moved)]


def body_moment_sources(model: Model, body: BodyDynamics) -> list[Source]:
    """Give the net moment of every joint of the body as a source, where there are no muscles to ask."""
    leg = model.legs[body.swing.events.side]
    kinds = dict.fromkeys(leg.hip, "hip_moment") | {leg.knee: "knee_moment"}
    kinds |= {k: "ankle_moment" for k in leg.released if k not in kinds}
    sources = _without_muscles(model, body, body.net_force, np.zeros(0, dtype=np.int64))
    names = {f"{model.coordinate_names[k]}_moment": kind for k, kind in kinds.items()}
    return [Source(name=s.name, group=names.get(s.name, s.group), force=s.force) for s in sources]


def _carries_everything(model: Model, body: BodyDynamics) -> Bools:
    """Coordinates of the pelvis in space: a force there is a residual, no joint's."""
    pelvis = model.legs[body.swing.events.side].pelvis_body
    return np.asarray((model.tree.body_ancestors[pelvis] @ model.tree.drives)[body.free] > 0)


def _without_muscles(model: Model, body: BodyDynamics, left: Array, moved: Ints) -> list[Source]:
    """What muscles leave: moments of joints without muscles, a source each; the rest is unexplained."""
    residual, sources = left.copy(), []
    for k in np.flatnonzero(~_carries_everything(model, body)):
        if k not in moved:
            force = np.zeros_like(left)
            force[:, k] = left[:, k]
            residual[:, k] = 0.0
            name = model.coordinate_names[body.free[k]]
            sources.append(Source(name=f"{name}_moment", group=OTHER_JOINTS, force=force))
    return [*sources, Source(name=UNEXPLAINED, group=UNEXPLAINED, force=residual)]


def attribute_bodies(
    model: Model,
    kinematics: Kinematics,
    swings: Sequence[Dynamics],
    forces: Sequence[GroundForce],
    parameters: Parameters,
    with_muscles: bool,
    emg: Mapping[str, EmgRecord] | None = None,
) -> list[Attribution]:
    """Split the knee's motion of every swing in the free body, among all muscles where there are any.

    Parameters
    ----------
    model, kinematics, swings, forces
        The moving body, and the ground under it.
    parameters
        From which force a foot is held, and what reserves cost.
    with_muscles
        Whether muscles, or net joint moments, are the sources.
    emg
        What EMG tells of the swings, by their id.
    """
    records = emg or {}
    found = []
    for swing in swings:
        body = compute_body_dynamics(model, kinematics, swing, forces, parameters.force_threshold_n)
        if not with_muscles:
            sources = body_moment_sources(model, body)
        else:
            sources = body_sources(model, body, parameters, records.get(swing.events.id))
        found.append(attribute_body(model, body, sources))
    return found


@dataclass(frozen=True, kw_only=True)
class _Equation:
    """d/dt v = A v + b: (K,n,n) and (K,n,S), and the speeds at toe-off (n,S)."""

    matrix: Array
    drive: Array
    start: Array
    names: tuple[str, ...]
    groups: tuple[str, ...]


def attribute_body(model: Model, body: BodyDynamics, sources: Sequence[Source]) -> Attribution:
    """Split the knee's motion among all causes in the free body, velocity terms shared out by cause.

    Parameters
    ----------
    model
        The whole model.
    body
        Its dynamics along the swing.
    sources
        Joint forces (K, n over the free coordinates); together with the residuals they make the net force.
    """
    equation = _equation(body, sources)
    time_s, dynamics = body.swing.time_s, body.swing
    speeds = _superpose(equation, time_s, body.touches)
    rates = equation.matrix @ speeds + equation.drive
    leg = model.legs[dynamics.events.side]
    knee = int(np.flatnonzero(body.free == leg.knee)[0])
    curve = CubicSpline(time_s, speeds[:, knee]).antiderivative()
    angle = leg.knee_sign * (curve(time_s) - curve(time_s[0]))
    flexion = dynamics.knee_flexion_rad
    peak = int(np.argmax(flexion))
    return Attribution(
        scope="body",
        released=tuple(model.coordinate_names[k] for k in body.free),
        time_s=time_s,
        sources=equation.names,
        groups=equation.groups,
        knee_flexion_rad=angle,
        knee_flexion_velocity_rad_s=leg.knee_sign * speeds[:, knee],
        knee_flexion_acceleration_rad_s2=leg.knee_sign * rates[:, knee],
        closure_rad=float(np.abs(angle.sum(axis=1) - (flexion - flexion[0]))[: peak + 1].max()),
        peak_index=peak,
    )


def _equation(body: BodyDynamics, sources: Sequence[Source]) -> _Equation:
    free_motion, answer = projections(body)
    contact = answer @ (body.held @ body.udot[..., None])
    forces = np.stack([body.gravity, *(s.force for s in sources)], axis=-1)
    nothing = np.zeros_like(contact)
    start = np.zeros((body.u.shape[1], 3 + len(sources)))
    start[:, 0] = body.u[0]
    return _Equation(
        matrix=-free_motion @ body.bilinear,
        drive=np.concatenate([nothing, contact, free_motion @ forces], axis=-1),
        start=start,
        names=("initial", "ground_contact", "gravity", *(s.name for s in sources)),
        groups=("initial", "ground_contact", "gravity", *(s.group for s in sources)),
    )


def _superpose(equation: _Equation, time_s: Array, touches: Bools) -> Array:
    """Speeds (K,n,S) of every source, with no spline across a change of contact."""
    whole = equation.matrix, equation.drive
    halfway = _halfway(time_s, equation.matrix, touches), _halfway(time_s, equation.drive, touches)
    return integrate_linear(time_s, equation.start, whole, halfway)


def _halfway(time_s: Array, values: Array, touches: Bools) -> Array:
    """Values at mid-step: by a spline through each stretch with the same contacts, by the mean across a change."""
    middle = 0.5 * (values[1:] + values[:-1])
    changes = np.flatnonzero((touches[1:] != touches[:-1]).any(axis=1)) + 1
    for start, stop in zip([0, *changes], [*changes, len(time_s)], strict=True):
        if stop - start >= 4:
            part = time_s[start:stop]
            middle[start : stop - 1] = CubicSpline(part, values[start:stop])(0.5 * (part[1:] + part[:-1]))
    return np.asarray(middle)
