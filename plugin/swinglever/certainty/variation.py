"""Inputs as they might have been: one draw of everything that an analysis does not know exactly.

Marker noise and soft tissue that moves over the bones, markers put down beside their landmarks, the filter's cut-off,
segments heavier or thicker than the model says, muscles stronger or at other distances from the joints, and toe-off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from swinglever.anatomy.groups import without_side
from swinglever.anatomy.model import MarkerSite, Model
from swinglever.anatomy.multibody.tree import MassProperties
from swinglever.anatomy.musculature import Musculature
from swinglever.arrays import Array
from swinglever.emg.envelopes import EmgSignals
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics_near
from swinglever.motion.leg_swings import LegSwings, events_of, line_up
from swinglever.motion.swings import SwingEvents, move_toe_offs
from swinglever.records.kinematics import Kinematics
from swinglever.records.parameters import MOST_SLACK_S, Parameters
from swinglever.records.spread import InputSpread
from swinglever.records.trial import Angles, Markers
from swinglever.signals import highest_cut_off, low_pass

_SOFT_HZ = 4.0
"""Soft tissue moves with the stride: its first harmonics, which no filter takes out (Leardini et al. 2005)."""

_TOGETHER = 0.75
"""Share of a segment's soft-tissue variance that all its markers have in common (Andersen et al. 2012, *Gait Posture*
35:606: four rigid components make 95 % of it at the thigh). The split is ours."""


def vary(swings: Sequence[LegSwings], random: np.random.Generator) -> tuple[LegSwings, ...]:
    """Draw one variation of everything that the causes follow from.

    Parameters
    ----------
    swings
        The swings of each leg as they were measured; the parameters of their inputs say how far off each input may be.
    random
        Where the draw comes from.

    Returns
    -------
    tuple of LegSwings
        The same swings from other inputs, at times that may differ by milliseconds.
    """
    drawn = draw_variation(swings, random)
    (moved,) = solve_variations(swings, [drawn])
    return vary_swings(swings, drawn, moved)


@dataclass(frozen=True, kw_only=True)
class Variation:
    """One draw: the inputs as they might have been, and how much later (S) each swing begins, s."""

    inputs: Inputs
    late_s: Array


def draw_variation(swings: Sequence[LegSwings], random: np.random.Generator) -> Variation:
    """Draw other inputs; how the joints then moved is not known yet."""
    inputs, kinematics = swings[0].inputs, swings[0].kinematics
    spread = inputs.parameters.sizes
    # The order of the draws is part of what a seed means.
    parameters = _other_filter(inputs.parameters, kinematics, random)
    moving = _other_motion(replace(inputs, parameters=parameters), random)
    late = _other_toe_offs(events_of(swings), inputs, random)
    signals = None if inputs.emg is None else _shifted(inputs.emg, spread.emg_time_s * random.normal())
    model = _with_other_muscles(moving.model, spread, random)
    parameters = _other_slack(parameters, random)
    return Variation(inputs=replace(moving, model=model, emg=signals, parameters=parameters), late_s=late)


def solve_variations(swings: Sequence[LegSwings], drawn: Sequence[Variation]) -> tuple[Kinematics, ...]:
    """Say how the joints moved in each of some draws."""
    return solve_kinematics_near([each.inputs for each in drawn], swings[0].kinematics)


def vary_swings(swings: Sequence[LegSwings], drawn: Variation, moved: Kinematics) -> tuple[LegSwings, ...]:
    """Line up the swings of a draw, of which it is known how the joints moved."""
    events = move_toe_offs(drawn.inputs.model, moved, events_of(swings), drawn.late_s)
    return line_up(drawn.inputs, moved, events)


def another_runner(inputs: Inputs, random: np.random.Generator) -> Inputs:
    """Give recorded markers as skin would have carried them, and a model that fits the runner as models do.

    Markers sit elsewhere on it, its segments and muscles are others.
    """
    spread, model, trial = inputs.parameters.sizes, inputs.model, inputs.trial
    other = replace(
        model,
        masses=_other_masses(model, spread, random),
        markers=tuple(_beside(site, spread, random) for site in model.markers),
    )
    other = _with_other_muscles(other, spread, random)
    if trial.markers is not None:
        trial = replace(trial, markers=_other_markers(trial.markers, model, spread, random))
    return replace(inputs, model=other, trial=trial)


def _other_filter(parameters: Parameters, kinematics: Kinematics, random: np.random.Generator) -> Parameters:
    """Another cut-off, as far as the recording's rate allows it."""
    cut_off_hz = parameters.filter_hz * _between(random, 1.0 + parameters.sizes.filter_share)
    return replace(parameters, filter_hz=min(cut_off_hz, highest_cut_off(kinematics.time_s)))


def _other_slack(parameters: Parameters, random: np.random.Generator) -> Parameters:
    """Another time for which force outlasts EMG, as far as that may be chosen at all."""
    slack_s = parameters.emg_slack_s + parameters.sizes.emg_slack_s * random.normal()
    return replace(parameters, emg_slack_s=float(np.clip(slack_s, -MOST_SLACK_S, MOST_SLACK_S)))


def _other_motion(inputs: Inputs, random: np.random.Generator) -> Inputs:
    """Other segments, and markers or coordinates that were measured otherwise."""
    spread, model, trial = inputs.parameters.sizes, inputs.model, inputs.trial
    model = replace(model, masses=_other_masses(model, spread, random))
    if trial.markers is not None:
        model = replace(model, markers=tuple(_beside(site, spread, random) for site in model.markers))
        trial = replace(trial, markers=_other_markers(trial.markers, model, spread, random))
    elif trial.angles is not None:
        trial = replace(trial, angles=_other_angles(trial.angles, model, spread, random))
    return replace(inputs, model=model, trial=trial)


def _other_toe_offs(events: Sequence[SwingEvents], inputs: Inputs, random: np.random.Generator) -> Array:
    """How much later (S) each swing begins, s."""
    spread = inputs.parameters.sizes
    by_force = np.array([swing.event_source == "ground_force" for swing in events])
    late = np.where(by_force, spread.toe_off_force_s, spread.toe_off_kinematics_s) * random.normal(size=len(by_force))
    if inputs.forces is None:
        return np.asarray(late)
    # A table of muscle forces has nothing to say of what comes before it.
    begin_s = float(inputs.forces.time_s[0])
    return np.maximum(late, [min(begin_s - swing.toe_off_s, 0.0) for swing in events])


def _with_other_muscles(model: Model, spread: InputSpread, random: np.random.Generator) -> Model:
    if model.musculature is None:
        return model
    muscles = _other_muscles(model.musculature, len(model.coordinates), spread, random)
    return replace(model, musculature=muscles)


def _shifted(signals: EmgSignals, later_s: float) -> EmgSignals:
    return replace(signals, time_s=signals.time_s + later_s)


def _between(random: np.random.Generator, most: float) -> float:
    """A factor from 1/most to most, its logarithm uniform."""
    return float(most ** random.uniform(-1.0, 1.0))


def _around_one(random: np.random.Generator, share: float, shape: tuple[int, ...] = ()) -> Array:
    """Factors of median one whose logarithm is normal: never zero or less."""
    return np.asarray(np.exp(np.log1p(share) * random.normal(size=shape)))


def _other_masses(model: Model, spread: InputSpread, random: np.random.Generator) -> MassProperties:
    """Segments heavier, wider and with other centres; both sides alike, the whole as heavy as it was weighed."""
    plain = [without_side(name) for name in model.body_names]
    for leg in model.legs.values():
        for part in leg.segments["foot"]:
            plain[part] = "foot"
    kinds = {name: k for k, name in enumerate(dict.fromkeys(plain))}
    rows = [kinds[name] for name in plain]
    shares = (spread.segment_mass_share, spread.segment_centre_share, spread.gyration_share)
    heavier, further, wider = (_around_one(random, share, (len(kinds),))[rows] for share in shares)
    masses = model.masses
    mass = masses.mass_kg * heavier
    mass = mass * (masses.mass_kg.sum() / mass.sum())
    ratio = np.divide(mass, masses.mass_kg, out=np.ones_like(mass), where=masses.mass_kg > 0)
    return MassProperties(
        mass_kg=mass,
        centre_m=masses.centre_m * further[:, None],
        inertia_kg_m2=masses.inertia_kg_m2 * (ratio * wider**2)[:, None, None],
    )


def _beside(site: MarkerSite, spread: InputSpread, random: np.random.Generator) -> MarkerSite:
    return replace(site, location_m=site.location_m + spread.misplacement_m * random.normal(size=3))


def _other_markers(markers: Markers, model: Model, spread: InputSpread, random: np.random.Generator) -> Markers:
    """Noise in every frame, and soft tissue that slides over its segment."""
    tissue = _tissue_by_body(model, spread)
    carrier = {site.name: site.body for site in model.markers}
    rate_hz = (len(markers.time_s) - 1) / (markers.time_s[-1] - markers.time_s[0])
    carriers = sorted(set(carrier.values()))
    common = dict(zip(carriers, _smooth(random, len(markers.time_s), len(carriers), rate_hz), strict=True))
    own = _smooth(random, len(markers.time_s), len(markers.names), rate_hz)
    moved = markers.position_m + spread.marker_noise_m * random.normal(size=markers.position_m.shape)
    for k, name in enumerate(markers.names):
        if name in carrier:
            slid = np.sqrt(_TOGETHER) * common[carrier[name]] + np.sqrt(1.0 - _TOGETHER) * own[k]
            moved[:, k] += tissue[carrier[name]] * slid
    return replace(markers, position_m=moved)


def _tissue_by_body(model: Model, spread: InputSpread) -> Array:
    """Movement (b) of the soft tissue over each body."""
    tissue = np.full(len(model.body_names), spread.soft_tissue_trunk_m)
    for leg in model.legs.values():
        tissue[list(leg.bodies)] = spread.soft_tissue_foot_m
        tissue[leg.pelvis_body] = spread.soft_tissue_trunk_m
        tissue[leg.thigh], tissue[leg.shank] = spread.soft_tissue_thigh_m, spread.soft_tissue_shank_m
    return tissue


def _smooth(random: np.random.Generator, n_frames: int, n_curves: int, rate_hz: float) -> Array:
    """Curves (n_curves, T, 3) of standard deviation one without anything faster than the stride's first harmonics."""
    around = int(np.ceil(rate_hz / _SOFT_HZ))
    white = random.normal(size=(n_frames + 2 * around, n_curves * 3))
    # One impulse through the same filter says by how much it lessens the variance of white noise.
    impulse = np.zeros((len(white), 1))
    impulse[len(white) // 2] = 1.0
    smooth = low_pass(np.hstack([white, impulse]), rate_hz, _SOFT_HZ)
    curves = smooth[around:-around, :-1] / np.sqrt((smooth[:, -1] ** 2).sum())
    return np.asarray(np.moveaxis(curves.reshape(n_frames, n_curves, 3), 1, 0))


def _other_angles(angles: Angles, model: Model, spread: InputSpread, random: np.random.Generator) -> Angles:
    """Joint angles with a smooth error each."""
    rate_hz = (len(angles.time_s) - 1) / (angles.time_s[-1] - angles.time_s[0])
    error = spread.coordinate_rad * _smooth(random, len(angles.time_s), len(model.coordinates), rate_hz)[:, :, 0]
    q = angles.q.copy()
    for coordinate, curve in zip(model.coordinates, error, strict=True):
        if coordinate.turns and not coordinate.locked and coordinate.name in angles.names:
            q[:, angles.names.index(coordinate.name)] += curve
    return replace(angles, q=q)


def _other_muscles(
    musculature: Musculature, n_coordinates: int, spread: InputSpread, random: np.random.Generator
) -> Musculature:
    """Muscles of other strength, at other distances from the joints."""
    paths, muscles = musculature.paths, musculature.muscles
    count = len(muscles.names)
    stronger = _around_one(random, spread.strength_share) * _around_one(random, spread.strength_share, (count,))
    constants = replace(muscles.parameters, max_isometric_force_n=muscles.parameters.max_isometric_force_n * stronger)
    return replace(
        musculature,
        paths=replace(paths, leverage=_around_one(random, spread.moment_arm_share, (count, n_coordinates))),
        muscles=replace(muscles, parameters=constants),
    )
