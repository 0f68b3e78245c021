"""Forces and markers that are late, or on another clock, by known times: what the checks say that they are."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.motions import running_like

from swinglever.anatomy.model import MarkerSite, Model, Side
from swinglever.arrays import Array
from swinglever.checks.delays import Delay, check_delays, measure_delays
from swinglever.checks.marker_weights import check_weights
from swinglever.checks.newton import acceleration_of_centre, bear_every_step, push_lateness
from swinglever.checks.step_lags import Lags, measure_lags, tell_apart, tell_drift
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import kinematics_of, solve_kinematics
from swinglever.motion.steps import Contact
from swinglever.records.kinematics import Kinematics
from swinglever.records.parameters import Parameters
from swinglever.records.trial import GroundForce, Markers, Trial
from swinglever.synthetic.planar_runner import planar_runner

TIME_S = np.linspace(0.0, 4.2, 631)
STEP_S = 0.35
CORNERS_M = ([0.05, -0.1, 0.02], [-0.04, -0.2, 0.05], [0.02, -0.15, -0.06])


@pytest.fixture(scope="module")
def model() -> Model:
    """The planar runner with three markers on pelvis, thighs, shanks and feet."""
    plain = planar_runner()
    right, left = plain.legs.values()
    bodies = {"pelvis": right.pelvis_body}
    for side, leg in (("r", right), ("l", left)):
        bodies |= {f"thigh_{side}": leg.thigh, f"shank_{side}": leg.shank, f"foot_{side}": leg.foot}
    sites = [
        MarkerSite(name=f"{segment}_{k}", body=body, location_m=np.array(place))
        for segment, body in bodies.items()
        for k, place in enumerate(CORNERS_M)
    ]
    return replace(plain, markers=tuple(sites))


@pytest.fixture(scope="module")
def motion(model: Model) -> Kinematics:
    return kinematics_of(model.coordinate_names, TIME_S, running_like(TIME_S, model))


def contacts() -> dict[Side, list[Contact]]:
    """Steps of 0.25 s, the feet by turns."""
    begin = np.arange(0.2, TIME_S[-1] - 0.4, STEP_S)
    return {side: [(float(a), float(a) + 0.25) for a in begin[k::2]] for k, side in enumerate(("r", "l"))}


def lags(model: Model, motion: Kinematics, when: Callable[[Side, Array], Array]) -> Lags | None:
    """Lags of the forces that the motion needs, of each foot in its steps, as they were at other times."""
    upwards = acceleration_of_centre(model, motion)[:, 1]
    need = model.mass_kg * upwards
    forces = list[GroundForce]()
    for k, side in enumerate(("r", "l")):
        mine = np.floor((TIME_S - 0.15) / STEP_S) % 2 == k
        force_n = np.outer(np.interp(when(side, TIME_S), TIME_S, need) * mine, [0.0, 1.0, 0.0])
        nothing = np.zeros_like(force_n)
        forces.append(GroundForce(name=side, time_s=TIME_S, force_n=force_n, point_m=nothing, moment_nm=nothing))
    return measure_lags(motion.time_s, upwards, forces, contacts())


def test_forces_that_the_motion_needs_are_on_its_clock(model: Model, motion: Kinematics) -> None:
    found = lags(model, motion, lambda _, time_s: time_s)
    assert found is not None
    assert abs(found.drift) * found.lasting_s < 3e-4
    assert abs(found.apart_s) < 3e-4
    assert tell_drift(found) == tell_apart(found) == []


@pytest.mark.parametrize(("rate", "words"), [(0.995, "fall behind by 5.0 ms"), (1.005, "get ahead by 5.0 ms")])
def test_a_clock_that_goes_otherwise_is_told_with_its_rate(
    model: Model, motion: Kinematics, rate: float, words: str
) -> None:
    found = lags(model, motion, lambda _, time_s: rate * time_s)
    assert found is not None
    assert found.drift == pytest.approx(1.0 - rate, abs=2e-4)
    (told,) = tell_drift(found)
    assert (told.code, told.severity) == ("force-clock", "warning")
    assert words in told.got
    assert "0.50 % off" in told.mend


@pytest.mark.parametrize(("side", "apart_s"), [("r", 0.012), ("l", -0.012)])
def test_a_plate_that_is_late_is_told_with_its_time(
    model: Model, motion: Kinematics, side: Side, apart_s: float
) -> None:
    """To a millisecond: where one foot's force ends and the other's begins, both of them leap."""
    found = lags(model, motion, lambda foot, time_s: time_s - 0.012 * (foot == side))
    assert found is not None
    assert found.apart_s == pytest.approx(apart_s, abs=1e-3)
    (told,) = tell_apart(found)
    assert f"later under leg {side} than" in told.got


def test_forces_beside_cameras_of_21_hz_are_compared_with_what_these_can_tell(model: Model, motion: Kinematics) -> None:
    """A filter of 12 Hz cannot be made for them, and nobody asked for it."""
    slow = kinematics_of(model.coordinate_names, TIME_S[::7], motion.q[::7])
    need = np.outer(model.mass_kg * acceleration_of_centre(model, motion)[:, 1], [0.0, 1.0, 0.0])
    nothing = np.zeros_like(need)
    force = GroundForce(name="r", time_s=TIME_S, force_n=need, point_m=nothing, moment_nm=nothing)
    upwards = acceleration_of_centre(model, slow)[:, 1]
    assert push_lateness(slow.time_s, upwards, [force]) == pytest.approx(0.0, abs=4e-3)
    assert bear_every_step(model, slow, [force])


def test_steps_in_which_both_feet_stand_tell_nothing(model: Model, motion: Kinematics) -> None:
    walk = {side: [(on - 0.1, off + 0.1) for on, off in own] for side, own in contacts().items()}
    upwards = acceleration_of_centre(model, motion)[:, 1]
    assert measure_lags(motion.time_s, upwards, (), walk) is None


def trial(model: Model, motion: Kinematics, *late: str, late_s: float = 0.033, misplaced_m: float = 0.0) -> Inputs:
    """Markers of the model's own sites, or beside them; those of some segments as they were some time before."""
    inside = TIME_S[20:-20]
    body, place = np.array([s.body for s in model.markers]), np.array([s.location_m for s in model.markers])
    place = place + np.random.default_rng(1).normal(0.0, misplaced_m, place.shape)
    now, before = (model.place(motion.curve(at)).stations(body, place) for at in (inside, inside - late_s))
    moved = np.array([site.name.startswith(late) for site in model.markers]) if late else np.zeros(len(body), bool)
    names = tuple(site.name for site in model.markers)
    markers = Markers(time_s=inside, names=names, position_m=np.where(moved[:, None], before, now))
    return Inputs(trial=Trial(name="run", markers=markers), model=model, parameters=Parameters())


def strongest(found: list[Delay]) -> Delay:
    return max(found, key=lambda delay: delay.share)


def test_markers_at_their_sites_are_late_by_nothing(model: Model, motion: Kinematics) -> None:
    """What is left of them is rounding, and explained by nothing."""
    inputs = trial(model, motion)
    assert check_delays(inputs, motion) == []
    offset = [0.0, 0.02, 0.01]  # of every marker, in ground
    markers = inputs.trial.markers
    assert markers is not None
    higher = replace(inputs.trial, markers=replace(markers, position_m=markers.position_m + offset))
    assert check_delays(replace(inputs, trial=higher), motion) == []


def test_the_time_is_found_after_joints_have_followed_the_late_markers(model: Model, motion: Kinematics) -> None:
    """Of markers that lie 20 mm beside their sites all the time, which is most of their distance; to 5 ms."""
    inputs = trial(model, motion, "shank_r", misplaced_m=0.02)
    found = strongest(measure_delays(inputs, solve_kinematics(inputs)))
    assert found.words == "the shank of leg r"
    assert found.late_s == pytest.approx(0.033, abs=5e-3)
    assert found.share > 0.5


def test_frames_without_markers_tell_nothing(model: Model, motion: Kinematics) -> None:
    inputs = trial(model, motion, "thigh_r")
    markers = inputs.trial.markers
    assert markers is not None
    position_m = markers.position_m.copy()
    position_m[100:300] = np.nan
    unseen = replace(inputs.trial, markers=replace(markers, position_m=position_m))
    (told,) = check_delays(replace(inputs, trial=unseen), motion)
    assert "the thigh of leg r" in told.got


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (("thigh_r", "thigh_l"), "both thighs"),
        (("thigh_r",), "the thigh of leg r"),
        (("shank_l",), "the shank of leg l"),
        (("foot_r", "foot_l"), "both feet"),
        (("pelvis",), "the pelvis"),
    ],
)
@pytest.mark.parametrize("late_s", [0.033, -0.033])
def test_the_segment_whose_markers_are_late_is_told_with_its_time(
    model: Model, motion: Kinematics, late: tuple[str, ...], words: str, late_s: float
) -> None:
    """The motion is given, not fitted to the late markers; a speed is no constant over 33 ms, which costs a few."""
    inputs = trial(model, motion, *late, late_s=late_s)
    found = strongest(measure_delays(inputs, motion))
    assert found.words == words
    assert found.late_s == pytest.approx(late_s, abs=5e-3)
    (told,) = check_delays(inputs, motion)
    assert (told.code, told.severity) == ("marker-late", "warning")
    assert words in told.got
    assert ("later" if late_s > 0.0 else "earlier") in told.got


@pytest.mark.parametrize(
    ("weight", "times"), [(10.0, None), (100.0, "100 times: 100 on the shank of leg l"), (0.01, "100 times")]
)
def test_a_segment_that_weighs_far_more_or_less_than_the_others_is_told(
    model: Model, motion: Kinematics, weight: float, times: str | None
) -> None:
    markers = trial(model, motion).trial.markers
    assert markers is not None
    weights = {name: weight if name.startswith("shank_l") else 1.0 for name in markers.names}
    told = check_weights(markers, model, weights)
    assert [fault.code for fault in told] == ([] if times is None else ["marker-weights"])
    assert all(times in fault.got for fault in told if times is not None)
