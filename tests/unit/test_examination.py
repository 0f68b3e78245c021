"""One examination of the inputs, on a runner of arrays: no file, no OpenSim, milliseconds a case."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import swinglever as sl
from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.checks.examination import Examined, examine, require
from swinglever.checks.request import Request
from swinglever.errors import InputError
from swinglever.motion.inputs import Inputs
from swinglever.plugins.manager import Plugins
from swinglever.plugins.reading import readers
from swinglever.readers.ground_forces import read_ground_forces
from swinglever.readers.storage import read_storage, write_storage
from swinglever.records.parameters import MOST
from swinglever.synthetic.planar_muscles import with_muscles
from swinglever.synthetic.planar_runner import planar_runner
from swinglever.testing import example_trial, write_example_trial

MODEL = planar_runner()
GOOD = example_trial()
RATE_HZ = 500.0
MUSCLED = with_muscles(MODEL, GOOD.angles.q if GOOD.angles else np.empty(0), ("semimem", "vasint"))


def examined(trial: sl.Trial | Path = GOOD, model: Model = MODEL, **asked: Any) -> Examined:
    """Look at a trial of the model in the plane, which has no muscles to ask for."""
    files = {name: asked.pop(name) for name in ("grf", "external_loads", "forces") if name in asked}
    parameters = sl.Parameters(**{"muscle_solver": "none"} | asked)
    return examine(Request.of(trial, model, parameters, **files), readers(Plugins()))


def codes(found: Examined, severity: str = "error") -> set[str]:
    return {fault.code for fault in found.faults if fault.severity == severity}


def angles() -> sl.Angles:
    assert GOOD.angles is not None
    return GOOD.angles


def changed(change: Callable[[Array, Callable[[str], int]], Any], **fields: Any) -> sl.Trial:
    """The example with a change of a copy of its angles; ``change`` gets them, and the column of a name."""
    q = angles().q.copy()
    change(q, angles().names.index)
    return replace(GOOD, angles=replace(angles(), q=q, **fields))


def in_degrees(q: Array) -> None:
    q[:, [c.turns for c in MODEL.coordinates]] *= 180 / np.pi


def step_force(side: str = "r", body: str = "") -> sl.GroundForce:
    """Push of one foot in every step: as strong as the weight of the body, under the foot, when the foot is low."""
    leg = next(leg for key, leg in MODEL.legs.items() if key == side)
    time_s = np.arange(0.0, angles().time_s[-1], 1.0 / RATE_HZ)
    foot = MODEL.place(angles().q).stations(np.array([leg.foot]), np.zeros((1, 3)))[:, 0]
    place = np.stack([np.interp(time_s, angles().time_s, column) for column in foot.T], axis=1)
    low = place[:, 1] < np.quantile(place[:, 1], 0.35)
    force = np.zeros_like(place)
    force[low, 1] = 1.4 * MODEL.mass_kg * 9.81
    point = np.where(low[:, None], place * [1.0, 0.0, 1.0], 0.0)
    return sl.GroundForce(
        name=f"foot_{side}",
        body=body or MODEL.body_names[leg.foot],
        time_s=time_s,
        force_n=force,
        point_m=point,
        moment_nm=np.zeros_like(force),
    )


def pushed(*forces: sl.GroundForce) -> sl.Trial:
    return replace(GOOD, ground_forces=forces or (step_force("r"), step_force("l")))


def test_a_trial_made_by_hand_has_no_fault() -> None:
    assert examined().faults == ()
    assert codes(examined(pushed())) == set()


def test_a_trial_made_by_hand_gives_the_swings_of_its_file(tmp_path: Path) -> None:
    by_hand = sl.analyse(GOOD, MODEL, plugins=Plugins())
    from_file = sl.analyse(write_example_trial(tmp_path), MODEL, plugins=Plugins())
    assert by_hand.provenance.trial_name == from_file.provenance.trial_name == "mean_runner"
    for mine, theirs in zip(by_hand.swings, from_file.swings, strict=True):
        assert mine.verdict == theirs.verdict
        np.testing.assert_allclose(mine.knee_flexion_rad, theirs.knee_flexion_rad, atol=1e-12)


def test_degrees_become_radians_once_and_columns_that_the_model_lacks_are_dropped() -> None:
    trial = changed(lambda q, _: in_degrees(q), unit="degrees")
    assert trial.angles is not None
    more = replace(trial.angles, names=(*trial.angles.names, "mood"), q=np.column_stack([trial.angles.q, trial.time_s]))
    inputs = require(examined(replace(trial, angles=more)))
    assert inputs.trial.angles is not None
    assert (inputs.trial.angles.unit, inputs.trial.angles.names) == ("radians", angles().names)
    np.testing.assert_allclose(inputs.trial.angles.q, angles().q, atol=1e-12)


def test_a_knee_drawn_with_a_ruler_or_held_is_told_where_it_is_and_a_smooth_one_is_not() -> None:
    """At 100 Hz: 0.05 s on a straight line, and 4 rows alike. A smooth knee has no line, in any number of digits."""
    every, name = slice(None, None, 5), MODEL.coordinates[MODEL.legs["r"].knee].name

    def spoilt(change: Callable[[Array, int], Any]) -> set[str]:
        q = angles().q[every].copy()
        column = angles().names.index(name)
        change(q, int(np.argmax(np.abs(q[10:-10, column]))) + 8)
        slow = replace(GOOD, angles=replace(angles(), time_s=angles().time_s[every], q=q))
        return {fault.got for fault in examined(slow).faults if fault.code == "coordinate-held"}

    k = angles().names.index(name)
    drawn = spoilt(lambda q, a: q.__setitem__((slice(a, a + 6), k), np.linspace(q[a, k], q[a + 5, k], 6)))
    held = spoilt(lambda q, a: q.__setitem__((slice(a, a + 4), k), q[a, k]))
    assert [got.split(" that ")[1][:34] for got in drawn] == ["goes along a straight line for 6 r"]
    assert [got.split(" that ")[1][:24] for got in held] == ["stands still for 4 rows "]
    for digits in (1, 2, 3, 4, 9):
        assert not spoilt(lambda q, _, digits=digits: q.__setitem__(Ellipsis, q.round(digits + 2)))


def test_inputs_cannot_hold_angles_whose_unit_nobody_settled() -> None:
    with pytest.raises(ValueError, match="expected angles in radians, got degrees: examine the inputs"):
        Inputs(trial=changed(lambda q, _: None, unit="degrees"), model=MODEL, parameters=sl.Parameters())


def test_a_heading_that_leaps_by_a_whole_turn_is_turned_back() -> None:
    def wrap(q: Array, column: Callable[[str], int]) -> None:
        q[200:, column("pelvis_tilt")] += 2 * np.pi
        q[500:, column("pelvis_tilt")] -= 4 * np.pi

    found = examined(changed(wrap))
    assert codes(found) == set()
    assert codes(found, "mended") == {"coordinate-turns"}
    inputs = require(found)
    assert inputs.trial.angles is not None
    np.testing.assert_allclose(inputs.trial.angles.q, angles().q, atol=1e-12)


def mistype(q: Array, column: Callable[[str], int]) -> None:
    q[300, column("knee_angle_r")] *= 1.8


def half_in_degrees(q: Array, column: Callable[[str], int]) -> None:
    in_degrees(q)
    q[400:] = angles().q[400:]


def one_knee_in_radians(q: Array, column: Callable[[str], int]) -> None:
    right = q[:, column("knee_angle_r")].copy()
    in_degrees(q)
    q[:, column("knee_angle_r")] = right


def millimetres(q: Array, column: Callable[[str], int]) -> None:
    q[:, [column("pelvis_tx"), column("pelvis_ty")]] *= 1000.0


def blank(q: Array, column: Callable[[str], int]) -> None:
    q[7, column("hip_flexion_l")] = np.nan


@pytest.mark.parametrize(
    ("change", "unit", "code"),
    [
        (mistype, "radians", "coordinate-jump"),
        (half_in_degrees, "degrees", "coordinate-jump"),
        (one_knee_in_radians, "degrees", "angle-unit"),
        (millimetres, "radians", "coordinate-jump"),
        (blank, "radians", "coordinate-nan"),
        (lambda q, _: in_degrees(q), "radians", "angle-unit"),
        (lambda q, _: None, "degrees", "angle-unit"),
    ],
)
def test_angles_that_no_runner_has_are_refused(change: Any, unit: str, code: str) -> None:
    found = examined(changed(change, unit=unit))
    assert codes(found) == {code}
    assert found.inputs is None


def push(change: Callable[[sl.GroundForce], sl.GroundForce]) -> sl.Trial:
    return pushed(change(step_force("r")), step_force("l"))


def in_the_air(force: sl.GroundForce) -> Array:
    return np.where(force.force_n[:, 1:2] > 0, force.point_m, np.nan)


def under_load(force: sl.GroundForce) -> Array:
    return np.where(force.force_n[:, 1:2] > 0, np.nan, force.point_m)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda f: replace(f, body="r_foot"), "force-body"),
        (lambda f: replace(f, point_m=under_load(f)), "force-nan"),
        (lambda f: replace(f, force_n=np.where(f.time_s[:, None] == f.time_s[9], np.nan, f.force_n)), "force-nan"),
        (lambda f: replace(f, force_n=f.force_n[:, [0, 2, 1]]), "force-axes"),
        (lambda f: replace(f, time_s=f.time_s + 100.0), "force-time"),
        (lambda f: replace(f, point_m=f.point_m * 1000.0 + np.array([500.0, 0.0, 0.0])), "force-far"),
        (lambda f: replace(f, body=step_force("l").body), "force-foot"),
    ],
)
def test_a_ground_force_that_cannot_be_this_foots_is_refused(change: Any, code: str) -> None:
    found = examined(push(change))
    assert codes(found) == {code}, found.faults
    assert found.inputs is None


def test_a_centre_of_pressure_is_not_missed_while_the_foot_is_in_the_air() -> None:
    assert codes(examined(push(lambda f: replace(f, point_m=in_the_air(f))))) == set()


def test_forces_in_kn_are_refused() -> None:
    small = [replace(f, force_n=f.force_n / 1000.0) for f in (step_force("r"), step_force("l"))]
    assert codes(examined(pushed(*small))) == {"force-units"}


def test_forces_of_a_plate_that_nobody_touched_are_no_fault() -> None:
    quiet = [replace(f, force_n=f.force_n * 0.0) for f in (step_force("r"), step_force("l"))]
    assert codes(examined(pushed(*quiet))) == set()


def test_a_locked_knee_and_a_model_without_gravity_are_refused() -> None:
    knee = MODEL.legs["l"].knee
    coordinates = tuple(replace(c, locked=k == knee) for k, c in enumerate(MODEL.coordinates))
    found = examined(model=replace(MODEL, coordinates=coordinates, gravity=np.zeros(3)))
    assert codes(found) == {"model-gravity"}
    one_leg = examined(model=replace(MODEL, coordinates=coordinates))
    assert codes(one_leg, "warning") == {"model-knee"}
    assert require(one_leg).parameters.side == "r"
    assert codes(examined(model=replace(MODEL, coordinates=coordinates), side="l")) == {"model-knee"}


def test_a_solver_that_nobody_offers_is_refused_with_those_that_there_are() -> None:
    found = examined(muscle_solver="magic")
    assert codes(found) == {"muscle-solver"}
    assert "static_optimization" in str(found.faults[0])
    with pytest.raises(InputError, match=r"expected one of .*, got 'magic'"):
        sl.analyse(GOOD, MODEL, parameters=sl.Parameters(muscle_solver="magic"), plugins=Plugins())


def test_a_trial_without_any_motion_is_refused() -> None:
    assert codes(examined(sl.Trial(name="nothing"))) == {"motion"}


def test_a_part_too_short_for_the_filter_is_refused_before_it_is_solved() -> None:
    assert codes(examined(start_s=1.0, end_s=1.05)) == {"too-short"}
    assert codes(examined(start_s=1.0, end_s=99.0)) == {"range"}


def test_two_frames_at_one_time_are_refused() -> None:
    time_s, q = angles().time_s.copy(), angles().q.copy()
    time_s[50], q[50] = time_s[49] + 1e-9, q[49] + 1e-3
    found = examined(replace(GOOD, angles=replace(angles(), time_s=time_s, q=q))).faults
    assert [fault.severity for fault in found if fault.code == "time-close"] == ["error"]


def test_a_frame_that_stands_twice_as_where_a_tool_of_opensim_ends_is_left_out() -> None:
    time_s, q = angles().time_s, angles().q
    twice = replace(angles(), time_s=np.append(time_s, time_s[-1] + 1e-13), q=np.vstack([q, q[-1] + 1e-11]))
    found = examined(replace(GOOD, angles=twice))
    (told,) = [fault for fault in found.faults if fault.code == "time-close"]
    assert (told.severity, "1 of them twice" in told.got) == ("mended", True)
    assert found.inputs is not None
    assert found.inputs.trial.time_s.tolist() == time_s.tolist()


def muscle_table(path: Path, change: Callable[[Array], Any] = lambda force: None, left: str = "_l") -> Path:
    """A table of 100 N in every muscle of the runner with two muscles a leg."""
    names = [
        name.removesuffix("_l") + left if name.endswith("_l") else name for name in MUSCLED.require_muscles().names
    ]
    force = np.full((len(angles().time_s), len(names)), 100.0)
    change(force)
    return write_storage(path, angles().time_s, names, force)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda force: force.__setitem__((3, 0), np.nan), "muscle-forces"),
        (lambda force: force.__imul__(1e6), "muscle-forces-size"),
    ],
)
def test_muscle_forces_that_no_muscle_has_are_refused(tmp_path: Path, change: Any, code: str) -> None:
    table = muscle_table(tmp_path / "f.sto", change)
    assert codes(examined(model=MUSCLED, forces=table)) == {code}


def test_a_table_of_forces_serves_the_leg_whose_muscles_it_has(tmp_path: Path) -> None:
    both, right = muscle_table(tmp_path / "both.sto"), muscle_table(tmp_path / "right.sto", left="_x")
    model = MUSCLED
    assert examined(model=model, forces=both).faults == ()
    assert codes(examined(model=model, forces=right), "note") == {"muscle-forces-leg"}
    assert codes(examined(model=model, forces=right, side="l")) == {"muscle-forces"}
    assert codes(examined(forces=both)) == {"muscle-forces"}  # a model without muscles
    report = sl.analyse(GOOD, model, forces=right, plugins=Plugins())
    assert {swing.side for swing in report.swings} == {"r"}
    assert any("none over" in text and "left out" in text for text in report.warnings)


def forces_file(path: Path, force: sl.GroundForce, names: tuple[str, str] = ("vp", "xyz")) -> Path:
    (kinds, axes) = names
    labels = [f"f{kind}{axis}" for kind in kinds for axis in axes]
    return write_storage(path, force.time_s, labels, np.hstack([force.force_n, force.point_m]))


def loads_file(path: Path, body: str, force: str, point: str) -> Path:
    tags = {"applied_to_body": body, "force_identifier": force, "point_identifier": point}
    inside = "".join(f"<{tag}>{text}</{tag}>" for tag, text in tags.items())
    path.write_text(
        f'<OpenSimDocument><ExternalLoads><objects><ExternalForce name="f">{inside}</ExternalForce></objects>'
        "</ExternalLoads></OpenSimDocument>"
    )
    return path


def test_files_beside_a_trial_made_by_hand_replace_what_it_holds(tmp_path: Path) -> None:
    force = step_force("r")
    grf = forces_file(tmp_path / "grf.mot", force)
    loads = loads_file(tmp_path / "loads.xml", force.body, "fv", "fp")
    inputs = require(examined(pushed(step_force("l")), grf=grf, external_loads=loads))
    assert [f.body for f in inputs.trial.ground_forces] == [force.body]
    loads = loads_file(tmp_path / "loads.xml", "nobody", "fv", "fp")
    assert codes(examined(pushed(), grf=grf, external_loads=loads)) == {"force-body"}


def test_an_unreadable_file_hides_nothing_but_itself(tmp_path: Path) -> None:
    found = examined(changed(blank), grf=tmp_path / "none.mot", muscle_solver="magic", end_s=99.0)
    assert codes(found) == {"unreadable", "coordinate-nan", "muscle-solver", "range"}
    assert len([fault for fault in found.faults if fault.code == "unreadable"]) == 1
    with pytest.raises(InputError, match=r"there is no file .*none\.mot \(and 3 more faults"):
        require(found)


def test_columns_that_merely_begin_with_the_identifier_are_a_force(tmp_path: Path) -> None:
    force = step_force("r")
    grf = forces_file(tmp_path / "grf.mot", force, ("_p", "123"))
    loads = loads_file(tmp_path / "loads.xml", force.body, "f_", "fp")
    (read,), _ = read_ground_forces(grf, loads)
    np.testing.assert_array_equal(read.force_n, force.force_n)
    np.testing.assert_array_equal(read.point_m, force.point_m)


def test_rows_that_are_lost_are_named_and_bridged_straight(tmp_path: Path) -> None:
    force = step_force("r")
    force = replace(force, point_m=in_the_air(force))
    whole = read_storage(forces_file(tmp_path / "whole.mot", force))
    kept = np.r_[0:200, 220 : len(whole.time_s)]
    grf = write_storage(tmp_path / "grf.mot", whole.time_s[kept], whole.names, whole.values[kept])
    (read,), warnings = read_ground_forces(grf, loads_file(tmp_path / "loads.xml", force.body, "fv", "fp"))
    assert warnings == ("grf.mot: rows are missing from 0.398 to 0.440 s; the forces are interpolated there",)
    assert len(read.time_s) == len(whole.time_s)
    np.testing.assert_allclose(read.force_n[:200], force.force_n[:200], atol=1e-9)
    gap = slice(200, 220)
    assert read.force_n[gap].max() <= max(force.force_n[199].max(), force.force_n[220].max())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "grf.mot")
    found = examined(grf=tmp_path / "grf.mot")
    assert "is no ordinary file" in str(found.faults[0])


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"filter_hz": True}, "a finite number"),
        ({"start_s": float("nan")}, "a finite number"),
        ({"start_s": "0.1"}, "a finite number"),
        ({"grid_points": 21.5}, "a whole number"),
        ({"uncertainty": 16**9000}, "a whole number, got one of thousands of digits"),
        ({"turn_axes": "no"}, "true or false"),
        ({"units": 1}, "a text"),
        ({"filter_hz": 1e-300}, "a cut-off of 1 Hz or more"),
        ({"ik_tolerance": 1e9}, "a step above 0"),
        *(({name: 10 * int(most)}, f"{re.escape(f'{most:g}')} or less") for name, (most, _) in MOST.items()),
    ],
)
def test_a_choice_of_the_wrong_kind_is_refused_by_name(choice: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=rf"^{next(iter(choice))}: expected {said}"):
        sl.Parameters(**choice)


def test_plates_that_nobody_steps_on_are_no_forces_in_another_unit() -> None:
    """Noise of some newtons around zero: told as a force that gives no event, and not refused as kN."""
    random = np.random.default_rng(0)
    idle = [replace(f, force_n=random.normal(0.0, 2.0, f.force_n.shape)) for f in (step_force("r"), step_force("l"))]
    assert "force-units" not in codes(examined(pushed(*idle)))
    kilo = [replace(f, force_n=1e-3 * f.force_n) for f in (step_force("r"), step_force("l"))]
    assert "force-units" in codes(examined(pushed(*kilo)))
