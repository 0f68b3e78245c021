"""Metrics: closed forms on the planar leg, laws, and what they say when there is nothing to measure."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.interpolate import make_interp_spline

import swinglever as sl
from swinglever.arrays import Array
from swinglever.dynamics.limb import Dynamics
from swinglever.dynamics.segments import compute_motion
from swinglever.engines.planar import PlanarBody, Segment, planar_model
from swinglever.errors import UndefinedError
from swinglever.metrics import chain, lever, muscular, stride, timing
from swinglever.plugins.manager import Plugins
from swinglever.records.muscle_forces import MuscleForces
from swinglever.records.parameters import Parameters
from swinglever.records.report import Swing
from swinglever.records.segments import ARRAYS, SwingMotion, inertia_about
from swinglever.synthetic.planar_runner import planar_runner, running_coordinates
from swinglever.testing import example_report, example_trial

from .motions import analysed, running_like

TIME_S = np.linspace(0.0, 1.0, 301)
NOTHING = Segment(mass_kg=1e-12, length_m=0.4, centre_m=0.2, inertia_kg_m2=1e-14)


def _motion(dynamics: Dynamics) -> SwingMotion:
    return compute_motion(dynamics)[0]


def _folded(body: PlanarBody) -> tuple[SwingMotion, Array, dict[str, Array]]:
    """Motion of the planar leg, its knee angle, and the curves of its lever."""
    model = planar_model(body)
    dynamics = analysed(model, running_like(TIME_S, model), TIME_S)
    motion = _motion(dynamics)
    return motion, dynamics.knee_flexion_rad[0], lever.lever_curves(motion)


@pytest.fixture(scope="module")
def report() -> sl.SwingReport:
    return example_report()


# --- the lever ------------------------------------------------------------------------------------------------------


def test_a_rod_swings_as_the_closed_form_says() -> None:
    # A rod of length L about its end: I = m L^2 / 3, pendulum length 2 L / 3, period 2 pi sqrt(2 L / 3 g).
    length = 0.6
    rod = Segment(mass_kg=5.0, length_m=length, centre_m=length / 2, inertia_kg_m2=5.0 * length**2 / 12)
    _, _, curves = _folded(PlanarBody(thigh=rod, shank=NOTHING, foot=NOTHING, gravity_m_s2=9.81))
    assert curves["leg_inertia_kg_m2"] == pytest.approx(5.0 * length**2 / 3, rel=1e-9)
    assert curves["radius_of_gyration_m"] == pytest.approx(length / np.sqrt(3), rel=1e-9)
    assert curves["pendulum_length_m"] == pytest.approx(2 * length / 3, rel=1e-9)
    assert curves["pendulum_period_s"] == pytest.approx(2 * np.pi * np.sqrt(2 * length / 3 / 9.81), rel=1e-9)


def test_the_inertia_of_a_folded_leg_is_that_of_two_rods_with_the_law_of_cosines() -> None:
    body = PlanarBody(foot=NOTHING)
    _, knee, curves = _folded(body)
    thigh, shank = body.thigh, body.shank
    away_squared = thigh.length_m**2 + shank.centre_m**2 + 2 * thigh.length_m * shank.centre_m * np.cos(knee)
    by_hand = thigh.inertia_kg_m2 + thigh.mass_kg * thigh.centre_m**2
    by_hand = by_hand + shank.inertia_kg_m2 + shank.mass_kg * away_squared
    assert curves["leg_inertia_kg_m2"] == pytest.approx(by_hand, rel=1e-9)
    heel_squared = thigh.length_m**2 + shank.length_m**2 + 2 * thigh.length_m * shank.length_m * np.cos(knee)
    assert curves["hip_heel_distance_m"] == pytest.approx(np.sqrt(heel_squared), rel=1e-9)
    assert curves["hip_heel_share"] == pytest.approx(np.sqrt(heel_squared) / 0.86, rel=1e-9)


def test_inertia_counts_the_distance_from_the_axis_and_none_along_it() -> None:
    # 2 kg at 3 m ahead, 4 m up and 5 m along the axis: 2 (9 + 16); its own inertia about the axis is 0.3.
    inertia = inertia_about(
        np.array([2.0]),
        np.array([[4.0, 5.0, 6.0]]),
        np.diag([0.1, 0.2, 0.3])[None],
        np.array([1.0, 1.0, 1.0]),
        np.array([0.0, 0.0, 1.0]),
    )
    assert inertia == pytest.approx(50.3)


def test_the_straight_leg_is_the_leg_at_zero_knee_angle() -> None:
    body = PlanarBody(foot=NOTHING)
    _, _, curves = _folded(body)
    straight = body.thigh.inertia_kg_m2 + body.thigh.mass_kg * body.thigh.centre_m**2
    reach = body.thigh.length_m + body.shank.centre_m
    straight += body.shank.inertia_kg_m2 + body.shank.mass_kg * reach**2
    assert curves["straight_leg_inertia_kg_m2"] == pytest.approx(straight, rel=1e-9)


def test_the_sitting_bone_lies_behind_and_below_the_hip_of_an_upright_pelvis() -> None:
    model = planar_runner()
    q = np.zeros((len(TIME_S), len(model.coordinates)))
    motion = _motion(analysed(model, q, TIME_S))
    length = 0.43 + np.hypot(0.05, 0.43 + 0.07)  # hip to knee, knee to heel (5 cm behind, 7 cm below the ankle)
    assert lever.leg_length_m(motion) == pytest.approx(length)
    bone = np.array([-lever.SITTING_BONE_BACK, -lever.SITTING_BONE_DOWN]) * length
    heel = np.array([-0.05, -0.93])
    assert lever.lever_curves(motion)["heel_buttock_distance_m"] == pytest.approx(np.linalg.norm(heel - bone))


@pytest.mark.parametrize(
    ("heel_m", "number"), [(0.02, 0), (0.13, 0), (0.17, 1), (0.35, 1), (0.42, 2), (0.6, 2), (0.9, 3)]
)
def test_the_heel_is_of_the_class_of_the_nearest_height(report: sl.SwingReport, heel_m: float, number: int) -> None:
    # The other leg stands straight on the ground: ankle 0.07, knee 0.5, hip 0.93 m high; mid-calf is at 0.285 m.
    swing = report.swing("r_2")
    motion = swing.motion
    assert motion is not None
    n = len(swing.time_s)
    heights = {"hip": 0.93, "knee": 0.5, "ankle": 0.07, "heel": 0.0, "toes": 0.0}
    stance = {f"stance_{k}_m": np.tile([0.0, h, 0.0], (n, 1)) for k, h in heights.items()}
    moved = replace(motion, heel_m=np.tile([0.0, heel_m, 0.0], (n, 1)), **stance)
    assert lever.heel_height_class_at_pass(replace(swing, motion=moved)) == number


# --- the chain ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("knee_sign", [1.0, -1.0])
def test_energies_of_the_parts_add_up_to_half_u_m_u(knee_sign: float) -> None:
    model = planar_model(PlanarBody(knee_sign=knee_sign))
    d = analysed(model, running_like(TIME_S, model), TIME_S)
    parts = [chain.kinetic_energy_j(_motion(d), part) for part in ("pelvis", "thigh", "shank", "foot")]
    assert sum(parts) == pytest.approx(0.5 * np.einsum("ki,kij,kj->k", d.u[0], d.mass_matrix[0], d.u[0]), rel=1e-9)


@pytest.mark.parametrize("knee_sign", [1.0, -1.0])
def test_powers_into_the_shank_add_up_to_the_change_of_its_energy(knee_sign: float) -> None:
    model = planar_model(PlanarBody(knee_sign=knee_sign))
    dynamics = analysed(model, running_like(TIME_S, model), TIME_S)
    motion, time_s = _motion(dynamics), dynamics.time_s[0]
    energy = make_interp_spline(time_s, chain.kinetic_energy_j(motion, "shank"), k=5)
    rate = energy(time_s, 1)
    # The rate is a numeric derivative of 101 samples; the ends of a spline are its worst part.
    assert chain.shank_power(motion).total_w == pytest.approx(rate, abs=1e-3 * np.abs(rate).max())


@pytest.mark.parametrize("knee_sign", [1.0, -1.0])
def test_the_moment_of_the_knee_does_the_work_of_the_net_joint_moment(knee_sign: float) -> None:
    # Two independent ways: Newton-Euler from the foot upwards, and the generalised force of the tree.
    model = planar_model(PlanarBody(knee_sign=knee_sign))
    d = analysed(model, running_like(TIME_S, model), TIME_S)
    motion, leg = _motion(d), d.limb.leg
    shank_spin = motion.angular_velocity_rad_s[:, motion.of("shank")[0], 2]
    about_z = -leg.knee_sign * d.net_moment[0, :, leg.knee]
    assert chain.shank_power(motion).knee_moment_w == pytest.approx(about_z * shank_spin, abs=1e-9)


def test_a_push_of_the_ground_on_the_foot_does_not_pass_for_the_knees_work(report: sl.SwingReport) -> None:
    motion = report.swing("r_2").motion
    assert motion is not None
    push = np.tile([0.0, 100.0, 0.0], (len(motion.q), 1))
    pushed = replace(motion, foot_force_n=push, foot_moment_nm=np.cross(motion.heel_m, push))
    before, after = chain.shank_power(motion), chain.shank_power(pushed)
    assert after.total_w == pytest.approx(before.total_w, abs=1e-9)
    relieved = before.knee_force_w - after.knee_force_w
    assert relieved == pytest.approx(100.0 * motion.knee_velocity_m_s[:, 1], abs=1e-9)
    moment = np.cross(motion.heel_m - motion.knee_m, push)
    spin = motion.angular_velocity_rad_s[:, motion.of("shank")[0]]
    assert before.knee_moment_w - after.knee_moment_w == pytest.approx((moment * spin).sum(axis=1), abs=1e-9)


def test_moments_per_body_mass_are_read_off_the_curves(report: sl.SwingReport) -> None:
    swing = report.swing("r_2")
    early = swing.time_s <= swing.peak_flexion_s
    hip, knee = swing.moments.of("hip_flexion_r")[early], swing.moments.of("knee_angle_r")[early]
    assert chain.hip_flexor_moment_peak(swing) == pytest.approx(hip.max() / 69.6)
    assert chain.folding_knee_extensor_moment_peak(swing) == pytest.approx(-knee.min() / 69.6)


def test_fold_before_thigh_reversal_is_undefined_for_a_leg_that_does_not_fold(report: sl.SwingReport) -> None:
    swing = report.swing("r_2")
    stiff = replace(swing, knee_flexion_rad=np.full(len(swing.time_s), 0.1))
    with pytest.raises(UndefinedError, match="less than 5 degrees"):
        chain.fold_before_thigh_reversal(stiff)


# --- laws of all metrics --------------------------------------------------------------------------------------------


def _changed(**fields: Any) -> sl.SwingReport:
    """The example with other names or values of its angles."""
    trial = example_trial()
    assert trial.angles is not None
    return sl.analyse(replace(trial, angles=replace(trial.angles, **fields)), planar_runner(), plugins=Plugins())


def _angles() -> sl.Angles:
    angles = example_trial().angles
    assert angles is not None
    return angles


def _mirrored() -> sl.SwingReport:
    """The example with the legs' parts exchanged."""
    other = {"_r": "_l", "_l": "_r"}
    return _changed(names=tuple(name[:-2] + other.get(name[-2:], name[-2:]) for name in _angles().names))


def test_metrics_of_a_mirrored_run_are_those_of_the_other_leg(report: sl.SwingReport) -> None:
    other = _mirrored()
    for swing in report.swings:
        twin = other.swing(swing.id.replace("r", "x").replace("l", "r").replace("x", "l"))
        for name, measured in swing.metrics.items():
            assert twin.metrics[name].value == pytest.approx(measured.value, rel=1e-9, abs=1e-9, nan_ok=True), name
    for name, measured in report.metrics.items():
        turned = -measured.value if name.endswith("left_right_difference") else measured.value
        assert other.metrics[name].value == pytest.approx(turned, rel=1e-9, abs=1e-9), name


def test_metrics_of_a_result_that_was_read_back_are_the_same(report: sl.SwingReport, tmp_path: Path) -> None:
    plugins = Plugins()
    again = sl.read_report(sl.write_report(report, tmp_path / "r.h5"))
    offered = plugins.offers("swinglever_metrics")
    for swing, stored in zip(report.swings, again.swings, strict=True):
        assert list(stored.metrics) == list(swing.metrics)
        for name, measured in swing.metrics.items():
            again_said = stored.metrics[name]
            assert (again_said.unit, again_said.plugin, again_said.reason) == (
                measured.unit,
                measured.plugin,
                measured.reason,
            )
            assert stored.metrics[name].value == pytest.approx(measured.value, rel=0, abs=0, nan_ok=True)
        assert stored.motion is not None
        fresh = plugins.measure("swing", replace(stored, lever=lever.lever_curves(stored.motion)), offered)
        for name, measured in swing.metrics.items():
            # The motion is stored in single precision; differences of large numbers lose two digits more.
            assert fresh[name].value == pytest.approx(measured.value, rel=2e-5, abs=2e-5, nan_ok=True), name
            assert fresh[name].reason == measured.reason


def _seen_from_elsewhere(motion: SwingMotion, heading: float, shift: Array, wind: Array, time_s: Array) -> SwingMotion:
    """The same motion in a frame that is turned about the vertical, shifted, and moves at a constant velocity."""
    c, s = np.cos(heading), np.sin(heading)
    turn = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    drift = shift + time_s[:, None] * wind
    changed: dict[str, object] = {"forward": turn @ motion.forward, "rotation": turn @ motion.rotation}
    for name in ("position_m", "centre_m"):
        changed[name] = getattr(motion, name) @ turn.T + drift[:, None]
    for name in ("velocity_m_s", "knee_velocity_m_s", "ankle_velocity_m_s"):
        changed[name] = getattr(motion, name) @ turn.T + wind
    for name in ("acceleration_m_s2", "angular_velocity_rad_s", "angular_acceleration_rad_s2", "foot_force_n"):
        changed[name] = getattr(motion, name) @ turn.T
    for name in (n for n in ARRAYS if n.endswith("_m") and getattr(motion, n).shape[1:] == (3,)):
        changed[name] = getattr(motion, name) @ turn.T + drift
    speed = motion.pelvis_speed_m_s + float(wind @ turn @ motion.forward)
    return replace(motion, pelvis_speed_m_s=speed, **changed)  # type: ignore[arg-type]


@given(
    heading=st.floats(-np.pi, np.pi),
    shift=st.tuples(*[st.floats(-5.0, 5.0)] * 3),
    wind=st.tuples(st.floats(-8.0, 8.0), st.floats(-8.0, 8.0)),
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_metrics_do_not_depend_on_where_the_observer_stands_or_walks(
    report: sl.SwingReport, heading: float, shift: tuple[float, ...], wind: tuple[float, float]
) -> None:
    # Energies and powers do depend on who watches them (a moving observer sees other speeds): they are left out.
    swing, plugins = report.swing("r_2"), Plugins()
    assert swing.motion is not None
    moved = _seen_from_elsewhere(
        swing.motion, heading, np.array(shift), np.array([wind[0], 0.0, wind[1]]), swing.time_s
    )
    offered = plugins.offers("swinglever_metrics")
    watched = replace(swing, motion=moved, lever=lever.lever_curves(moved))
    for name, measured in plugins.measure("swing", watched, offered).items():
        if measured.unit not in ("J", "W"):
            assert measured.value == pytest.approx(swing.metrics[name].value, rel=1e-7, abs=1e-7, nan_ok=True), name
    power, energy = chain.shank_power(moved), chain.kinetic_energy_j(moved, "shank")
    rate = make_interp_spline(swing.time_s, energy, k=5)(swing.time_s, 1)
    # Of the peak, which a slow observer sees small, and of the energy over the swing; a derivative of 101 samples.
    assert power.total_w == pytest.approx(rate, abs=2e-3 * max(np.abs(rate).max(), float(np.ptp(energy)) / 0.1))


def test_without_muscles_every_metric_of_muscles_says_so(report: sl.SwingReport) -> None:
    said = {name for name, m in report.swing("r_2").metrics.items() if m.reason == "no muscle forces"}
    needed = {m.name for m in muscular.METRICS if m.name.startswith(("hamstring", "hip_flexor", "gluteus"))}
    assert said == needed
    assert len(said) == 12


def test_a_result_without_motion_gives_reasons_not_failures(report: sl.SwingReport) -> None:
    plugins = Plugins()
    old = replace(report.swing("r_2"), motion=None, lever={})
    measured = plugins.measure("swing", old, plugins.offers("swinglever_metrics"))
    assert not plugins.faults
    assert measured["leg_inertia_minimum"].reason == "no segment motion in this result"
    assert np.isfinite(measured["peak_knee_flexion"].value)


# --- timing and stride ----------------------------------------------------------------------------------------------


def test_events_in_percent_of_the_swing(report: sl.SwingReport) -> None:
    swing = replace(
        report.swing("r_2"), toe_off_s=1.0, thigh_reversal_s=0.95, peak_flexion_s=1.2, pass_s=1.3, foot_strike_s=1.5
    )
    assert timing.swing_duration(swing) == pytest.approx(0.5)
    assert timing.thigh_reversal_percent(swing) == pytest.approx(-10.0)
    assert timing.peak_flexion_percent(swing) == pytest.approx(40.0)
    assert timing.pass_percent(swing) == pytest.approx(60.0)
    with pytest.raises(UndefinedError, match="does not pass"):
        timing.pass_percent(replace(swing, pass_s=float("nan")))


@pytest.mark.parametrize("speed_m_s", [2.5, 3.5, 4.5])
def test_speed_is_that_of_the_belt(speed_m_s: float) -> None:
    report = example_report(speed_m_s=speed_m_s)
    measured = [s.metrics["running_speed"].value for s in report.swings]
    # A planted foot rolls, and mean angles on a leg of round lengths let it slide by some centimetres a second.
    assert measured == pytest.approx([speed_m_s] * len(measured), rel=0.03)


def test_over_ground_and_on_a_treadmill_one_speed_is_measured(report: sl.SwingReport) -> None:
    q = _angles().q.copy()
    q[:, _angles().names.index("pelvis_tx")] += 3.5 * _angles().time_s
    over_ground = _changed(q=q)
    for swing, belt in zip(over_ground.swings, report.swings, strict=True):
        # The filter starts up differently on a coordinate that grows: some millimetres in the first and last strides.
        assert swing.metrics["running_speed"].value == pytest.approx(belt.metrics["running_speed"].value, abs=0.01)
        assert swing.motion is not None
        assert swing.motion.pelvis_speed_m_s == pytest.approx(3.5, abs=0.05)


def test_stride_rate_is_that_of_the_recording(report: sl.SwingReport) -> None:
    assert report.metrics["stride_rate"].value == pytest.approx(1 / 0.705, rel=0.01)  # events lie on a grid of 4 ms
    alone = [replace(s, motion=replace(s.motion, stride_s=np.nan)) for s in report.swings[:2]]
    with pytest.raises(UndefinedError, match="no leg has two swings"):
        stride.stride_rate(replace(report, swings=tuple(alone)))


def test_left_right_difference_needs_both_legs(report: sl.SwingReport) -> None:
    alone = replace(report, swings=tuple(s for s in report.swings if s.side == "r"))
    with pytest.raises(UndefinedError, match="no left swing has peak knee flexion"):
        stride.peak_knee_flexion_left_right_difference(alone)


# --- muscles, by hand -----------------------------------------------------------------------------------------------


@pytest.fixture
def pulling(report: sl.SwingReport) -> Swing:
    """A swing of one second with peak flexion in its middle and three muscles with plain curves.

    One hamstring shortens with 100 N at 0.2 m/s while the leg folds, and lengthens with 300 N at 0.1 m/s while it
    unfolds. A hip flexor gives 40 W throughout; its elastic energy falls from 6 J to 1 J. A gluteus gives 10 W.
    """
    swing = report.swing("r_2")
    time_s = np.linspace(0.0, 1.0, len(swing.time_s))
    early = time_s <= 0.5
    one, zero = np.ones_like(time_s), np.zeros_like(time_s)
    force = np.where(early, 100.0, 300.0)
    speed = np.where(early, -0.2, 0.1)
    power = np.stack([-force * speed, 40.0 * one, 10.0 * one], axis=1)
    columns = {
        "activation": np.stack([0.5 * one] * 3, axis=1),
        "force_n": np.stack([force, 200.0 * one, 50.0 * one], axis=1),
        "active_force_n": np.stack([force, 200.0 * one, 50.0 * one], axis=1),
        "passive_force_n": np.stack([zero, 80.0 * one, zero], axis=1),
        "length_m": np.stack([0.4 * one] * 3, axis=1),
        "lengthening_speed_m_s": np.stack([speed, zero, zero], axis=1),
        "fibre_length_m": np.stack([0.1 * one] * 3, axis=1),
        "fibre_velocity_m_s": np.stack([speed, zero, zero], axis=1),
        "power_w": power,
        "passive_fibre_energy_j": np.stack([zero, 5.0 - 5.0 * time_s, zero], axis=1),
        "tendon_energy_j": np.stack([zero, one, zero], axis=1),
    }
    muscles = MuscleForces(
        solver="by hand",
        passive_included=True,
        names=("semimem_r", "psoas_r", "glmax1_r"),
        groups=("hamstrings", "hip_flexors", "hip_extensors"),
        coordinate_names=("knee_angle_r",),
        moment_arm_m=np.zeros((len(time_s), 3, 1)),
        reserve_nm=np.zeros((len(time_s), 1)),
        reserve_flags=(),
        **columns,
    )
    return replace(swing, time_s=time_s, toe_off_s=0.0, peak_flexion_s=0.5, foot_strike_s=1.0, muscles=muscles)


def test_the_hamstrings_pull_and_brake_as_they_were_made_to(pulling: Swing) -> None:
    assert muscular.hamstring_positive_work_folding(pulling) == pytest.approx(20.0 * 0.5)
    # The 49 steps from the first sample after the peak; the step across the peak belongs to neither phase.
    assert muscular.hamstring_negative_work_unfolding(pulling) == pytest.approx(-30.0 * 0.49)
    assert muscular.hamstring_impulse_folding(pulling) == pytest.approx(100.0 * 0.5)
    assert muscular.hamstring_impulse_unfolding(pulling) == pytest.approx(300.0 * 0.49)
    assert muscular.hamstring_force_peak(pulling) == pytest.approx(300.0)
    assert muscular.hamstring_force_peak_folding(pulling) == pytest.approx(100.0)
    assert muscular.hamstring_force_peak_percent(pulling) == pytest.approx(51.0)


def test_metabolic_rate_divides_fibre_power_by_margarias_efficiency(pulling: Swing) -> None:
    assert muscular.hamstring_metabolic_rate_folding(pulling) == pytest.approx(100.0 * 0.2 / 0.25)
    stretched = replace(pulling.muscles, fibre_velocity_m_s=-pulling.muscles.fibre_velocity_m_s)
    rate = muscular.hamstring_metabolic_rate_folding(replace(pulling, muscles=stretched))
    assert rate == pytest.approx(100.0 * 0.2 / 1.20)


def test_elastic_energy_is_told_from_work(pulling: Swing) -> None:
    assert muscular.hip_flexor_elastic_energy_peak(pulling) == pytest.approx(6.0)
    assert muscular.hip_flexor_elastic_energy_returned(pulling) == pytest.approx(5.0)
    assert muscular.hip_flexor_elastic_share(pulling) == pytest.approx(100.0 * 5.0 / 40.0)


def test_a_fibre_whose_passive_force_was_left_out_stores_nothing(pulling: Swing) -> None:
    muscles = replace(pulling.muscles, passive_force_n=np.zeros((len(pulling.time_s), 3)))
    assert muscular.hip_flexor_elastic_energy_peak(replace(pulling, muscles=muscles)) == pytest.approx(1.0)


def test_the_gluteus_is_found_by_name(pulling: Swing) -> None:
    assert muscular.gluteus_maximus_positive_work(pulling) == pytest.approx(10.0)


def test_a_model_without_hamstrings_says_so(pulling: Swing) -> None:
    without = replace(pulling, muscles=replace(pulling.muscles, groups=("other_muscles",) * 3))
    with pytest.raises(UndefinedError, match="no muscles of the group 'hamstrings'"):
        muscular.hamstring_force_peak(without)


def test_the_pelvis_range_is_its_turn_about_the_vertical(report: sl.SwingReport) -> None:
    swing = report.swing("r_2")
    motion = swing.motion
    assert motion is not None
    turn = np.radians(np.linspace(-8.0, 12.0, len(swing.time_s)))
    rotation = motion.rotation.copy()
    rotation[:, motion.of("pelvis")[0]] = np.stack(
        [
            np.stack([np.cos(turn), 0 * turn, np.sin(turn)], axis=1),
            np.stack([0 * turn, 1 + 0 * turn, 0 * turn], axis=1),
            np.stack([-np.sin(turn), 0 * turn, np.cos(turn)], axis=1),
        ],
        axis=1,
    )
    turned = replace(swing, motion=replace(motion, rotation=rotation))
    assert muscular.pelvis_rotation_range(turned) == pytest.approx(20.0)


def test_the_parameters_of_the_example_are_the_defaults(report: sl.SwingReport) -> None:
    assert report.provenance.parameters == Parameters(playback="full").as_table()


def test_the_mean_runner_moves_as_the_norms_say() -> None:
    time_s, q = running_coordinates(3.5)
    knee = np.degrees(q[:, 4])
    assert knee.max() == pytest.approx(106.8, abs=0.1)  # running_kinematics_35: highest point of the mean curve
    assert time_s[1] - time_s[0] == pytest.approx(0.005)
