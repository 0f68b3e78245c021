"""Which foot bears a contact: by the soles, over the whole contact; on a runner of arrays whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from swinglever.arrays import Array
from swinglever.checks.baseline import take_baselines_off
from swinglever.checks.event_times import check_event_times, compare_event_times, force_lateness
from swinglever.checks.feet import settle_plates
from swinglever.motion.foot_events import find_contact_times, find_events
from swinglever.motion.foot_path import follow_feet
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import coordinates_of, kinematics_of
from swinglever.motion.soles import soles_of_motion
from swinglever.motion.steps import find_steps, join, share_out
from swinglever.records.foot_event import FootEvent
from swinglever.records.kinematics import Kinematics
from swinglever.records.parameters import Parameters
from swinglever.records.trial import GroundForce
from swinglever.synthetic.planar_runner import planar_runner
from swinglever.testing import example_trial

MODEL, GOOD = planar_runner(), example_trial()
THRESHOLD_N, WEIGHT_N = 50.0, 700.0


def _motion() -> Kinematics:
    assert GOOD.angles is not None
    return kinematics_of(MODEL.coordinate_names, GOOD.angles.time_s, coordinates_of(GOOD.angles, MODEL))


MOTION = _motion()
SOLES, PATHS = soles_of_motion(MODEL, MOTION), follow_feet(MODEL, MOTION)


def stances(side: str) -> list[tuple[float, float]]:
    """Whole stances of a foot by its motion alone."""
    events = find_events(MODEL, MOTION, (), Parameters())[side]
    pairs = [(on, min((off for off in events.toe_off_s if off > on), default=np.nan)) for on in events.foot_strike_s]
    return [(on, off) for on, off in pairs if np.isfinite(off) and off - on < 0.4]


def plate(
    name: str, body: str, steps: list[tuple[str, float, float]], base_n: float = 0.0, late_s: float = 0.0
) -> GroundForce:
    """A plate on which feet stand from one time to another, the pressure under the ball of each."""
    time_s = np.arange(0.0, GOOD.time_s[-1], 0.001)
    force, point = np.zeros((len(time_s), 3)), np.zeros((len(time_s), 3))
    force[:, 1] = base_n
    for side, on, off in steps:
        here = (time_s >= on + late_s) & (time_s <= off + late_s)
        force[here, 1] += 2.0 * WEIGHT_N * np.sin(np.pi * (time_s[here] - on - late_s) / (off - on))
        point[here] = SOLES[side].at(time_s[here])[:, 1] * [1.0, 0.0, 1.0]
    return GroundForce(
        name=name, body=body, time_s=time_s, force_n=force, point_m=point, moment_nm=np.zeros_like(force)
    )


def both(body_r: str = "", body_l: str = "", **how: float) -> tuple[GroundForce, GroundForce]:
    right, left = ([(side, *span) for span in stances(side)] for side in "rl")
    return plate("right", body_r, right, **how), plate("left", body_l, left, **how)


def foot(side: str) -> str:
    return MODEL.body_names[MODEL.legs[side].foot]


def inputs_with(*forces: GroundForce) -> Inputs:
    return Inputs(trial=replace(GOOD, ground_forces=forces), model=MODEL, parameters=Parameters())


def loaded(force: GroundForce) -> Array:
    return force.time_s[force.force_n[:, 1] > THRESHOLD_N]


def test_the_runner_has_steps_of_both_feet() -> None:
    assert len(stances("r")) >= 2
    assert len(stances("l")) >= 2


def test_each_contact_of_one_plate_for_both_feet_goes_to_the_foot_that_stands_there() -> None:
    """A treadmill with one plate: the other foot passes over the pressure in every step, in the air."""
    steps = sorted((on, off, side) for side in "rl" for on, off in stances(side))
    one = plate("belt", "", [(side, on, off) for on, off, side in steps])
    found = find_steps(one, MODEL, SOLES, THRESHOLD_N)
    assert [step.side for step in found] == [side for _, _, side in steps]
    assert max(step.gap_m[step.side] for step in found if step.side) < 0.05


def test_a_step_on_the_other_belt_is_given_to_its_own_foot_and_told() -> None:
    first, *others = stances("r")
    left = plate("left", foot("l"), [("r", *first), *[("l", *span) for span in stances("l")]])
    right = plate("right", foot("r"), [("r", *span) for span in others])
    settled, told = settle_plates(inputs_with(right, left), MOTION)
    assert [fault.code for fault in told] == ["force-step"]
    assert f"{first[0]:.1f}" in told[0].place
    assert "under the foot of leg r; given to that foot" in str(told[0])
    on_right = [force for force in settled.trial.ground_forces if force.body == foot("r")]
    assert len(on_right) == 2
    for force in settled.trial.ground_forces:
        side = "r" if force in on_right else "l"
        in_air = ~np.any(
            [(loaded(force) >= on - 0.01) & (loaded(force) <= off + 0.01) for on, off in stances(side)], axis=0
        )
        assert not in_air.any()


def test_forces_that_lie_under_their_own_feet_stay_as_they_are() -> None:
    given = both(foot("r"), foot("l"))
    settled, told = settle_plates(inputs_with(*given), MOTION)
    assert told == []
    assert all(mine is theirs for mine, theirs in zip(settled.trial.ground_forces, given, strict=True))


def test_plates_that_no_file_gives_to_a_foot_get_one() -> None:
    settled, _ = settle_plates(inputs_with(*both()), MOTION)
    assert [force.body for force in settled.trial.ground_forces] == [foot("r"), foot("l")]


def test_pressure_under_nobody_is_left_out_and_told() -> None:
    right, left = both()
    away = replace(right, point_m=right.point_m + np.array([0.0, 0.0, 3.0]))
    settled, told = settle_plates(inputs_with(away, left), MOTION)
    assert {fault.code for fault in told} == {"force-far"}
    assert [force.body for force in settled.trial.ground_forces] == [foot("l")]


def test_two_plates_under_one_foot_make_one_contact() -> None:
    nan = float("nan")
    assert join([(1.2, 1.4), (0.0, 0.3), (0.2, 0.5)]) == ((0.0, 0.5), (1.2, 1.4))
    (on, off), last = join([(nan, 0.1), (0.05, 0.2), (0.9, nan)])
    assert np.isnan(on)
    assert (off, last[0], np.isnan(last[1])) == (0.2, 0.9, True)


def test_steps_that_no_plate_covers_have_their_events_from_motion() -> None:
    """A plate in the floor that one step hits: the swings beside it are found all the same, and each says by what."""
    whole = find_events(MODEL, MOTION, (), Parameters())["r"]
    on, off = stances("r")[0]
    seen = plate("floor", foot("r"), [("r", on, off)])
    events = find_events(MODEL, MOTION, (seen,), Parameters())["r"]
    assert len(events.toe_off_s) == len(whole.toe_off_s)
    assert len(events.foot_strike_s) == len(whole.foot_strike_s)
    sources = [events.source_of(time) for time in events.toe_off_s]
    assert sources.count("ground_force") == 1
    assert sources.count("kinematics") == len(sources) - 1


@pytest.mark.parametrize("base_n", [60.0, -40.0])
def test_a_steady_baseline_is_taken_off_and_the_contacts_are_as_without(base_n: float) -> None:
    good, spoilt = both(foot("r"), foot("l")), both(foot("r"), foot("l"), base_n=base_n)
    mended, told = take_baselines_off(replace(GOOD, ground_forces=spoilt))
    assert [fault.severity for fault in told] == ["mended", "mended"]
    for mine, theirs in zip(mended.ground_forces, good, strict=True):
        np.testing.assert_allclose(mine.force_n, theirs.force_n, atol=3.0)
    times = [find_contact_times(MODEL, MOTION, forces, THRESHOLD_N) for forces in (mended.ground_forces, good)]
    np.testing.assert_allclose(times[0]["r"], times[1]["r"], atol=2e-3)


def test_a_walker_who_never_leaves_the_belt_is_no_baseline() -> None:
    time_s = np.arange(0.0, 2.0, 0.001)
    force = np.zeros((len(time_s), 3))
    force[:, 1] = WEIGHT_N * (1.0 + 0.3 * np.sin(2.0 * np.pi * 2.0 * time_s))
    belt = GroundForce(name="belt", time_s=time_s, force_n=force, point_m=0 * force, moment_nm=0 * force)
    assert take_baselines_off(replace(GOOD, ground_forces=(belt,)))[1] == []
    _, told = settle_plates(inputs_with(belt), MOTION)
    assert [fault.code for fault in told] == ["force-unused"]
    assert "never leaves the ground" in str(told[0])


@pytest.mark.parametrize("late_s", [0.0, 0.05, -0.05])
def test_forces_that_come_late_or_early_are_told_by_how_much(late_s: float) -> None:
    late = inputs_with(*both(foot("r"), foot("l"), late_s=late_s))
    times = compare_event_times(late, MOTION, PATHS)
    assert force_lateness(times) == pytest.approx(late_s, abs=0.01)
    told = check_event_times(times)
    assert [fault.code for fault in told] == ([] if late_s == 0.0 else ["force-late"])
    assert all(f"steps {50} ms {'later' if late_s > 0 else 'earlier'}" in str(fault) for fault in told)


def test_contacts_that_last_longer_by_force_than_by_the_feet_are_told() -> None:
    """As where forces were smoothed: foot strikes are early by as much as toe-offs are late."""
    wide = {side: [(side, on - 0.02, off + 0.02) for on, off in stances(side)] for side in "rl"}
    forces = plate("right", foot("r"), wide["r"]), plate("left", foot("l"), wide["l"])
    (told,) = check_event_times(compare_event_times(inputs_with(*forces), MOTION, PATHS))
    assert (told.code, told.severity) == ("force-lasting", "warning")
    assert "longer" in str(told)


def test_steps_after_the_forces_end_go_by_the_feets_motion() -> None:
    alone, whole = find_events(MODEL, MOTION, (), Parameters()), both(foot("r"), foot("l"))
    on, off = stances("r")[1]
    keep = whole[0].time_s < 0.5 * (on + off)  # in the middle of a stance
    cut = [
        replace(f, time_s=f.time_s[keep], **{n: getattr(f, n)[keep] for n in ("force_n", "point_m", "moment_nm")})
        for f in whole
    ]
    found = find_events(MODEL, MOTION, tuple(cut), Parameters())["r"]
    later = [time for time in alone["r"].toe_off_s if time > on]
    assert list(found.toe_off_s)[-len(later) :] == later
    assert {found.source_of(time) for time in later} == {"kinematics"}


def labels(exchanged: bool = False, without: int = 0) -> tuple[FootEvent, ...]:
    """Labels of what the feet do, of the other foot or without some of the last toe-offs if asked for."""
    events, other = find_events(MODEL, MOTION, (), Parameters()), {"r": "l", "l": "r"}
    return tuple(
        FootEvent(side=other[side] if exchanged else side, kind=kind, time_s=time)
        for side, own in events.items()
        for kind, times in (
            ("toe_off", own.toe_off_s[: len(own.toe_off_s) - without]),
            ("foot_strike", own.foot_strike_s),
        )
        for time in times
    )


@pytest.mark.parametrize(
    ("told", "codes", "severity"),
    [
        (labels(), [], ""),
        (labels(exchanged=True), ["label-strange", "label-missing"], "error"),
        (labels(without=1), ["label-missing"], "warning"),
    ],
    ids=["of every step", "of the other foot", "of some steps"],
)
def test_labels_are_held_to_the_feets_motion(told: tuple[FootEvent, ...], codes: list[str], severity: str) -> None:
    inputs = Inputs(trial=replace(GOOD, events=told), model=MODEL, parameters=Parameters())
    faults = check_event_times(compare_event_times(inputs, MOTION, PATHS))
    assert [fault.code for fault in faults] == codes
    assert not faults or faults[0].severity == severity


def test_a_trial_without_motion_of_feet_has_no_steps() -> None:
    assert find_steps(both()[0], MODEL, {}, THRESHOLD_N) == ()
    force = both()[0]
    assert share_out(force, (), MODEL)[0] is force
