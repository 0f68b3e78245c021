"""The catalogue of input faults: each is caught before it costs a result, named, and its mend is said.

The rows are those of docs/input-faults.md, which puts OpenSim 4.6's own answer beside ours.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import swinglever as sl
from swinglever.anatomy.model import Model
from swinglever.checks.examination import examine
from swinglever.checks.request import Request
from swinglever.cli.app import main
from swinglever.engines.opensim import load_model
from swinglever.errors import InputError
from swinglever.plugins.manager import Plugins
from swinglever.plugins.reading import readers
from swinglever.readers.storage import read_storage, write_storage
from swinglever.readers.trc import read_trc, write_trc
from swinglever.records.faults import Fault
from swinglever.records.parameters import Parameters
from swinglever.records.trial import Markers

ROOT = Path(__file__).resolve().parents[2]
FRAMES = slice(30, 210)  # three seconds of running, eight steps


@dataclass
class Case:
    """Three seconds of a running trial in a folder of its own, to be spoilt."""

    folder: Path
    model_path: Path
    model: Model
    setup: Path
    parameters: Parameters

    @property
    def trc(self) -> Path:
        return self.folder / "run.trc"

    @property
    def mot(self) -> Path:
        return self.folder / "run_ik.mot"

    @property
    def grf(self) -> Path:
        return self.folder / "run_grf.mot"

    @property
    def loads(self) -> Path:
        return self.folder / "loads.xml"

    def rewrite(self, path: Path, old: str, new: str, count: int = -1) -> None:
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, count))

    def change_markers(self, change: Callable[[Markers, np.ndarray], Any], **fields: Any) -> None:
        """Write the trial again after changing a copy of its positions."""
        markers = read_trc(self.trc)
        position = markers.position_m.copy()
        change(markers, position)
        write_trc(self.trc, replace(markers, position_m=position, **fields))

    def change_table(self, path: Path, change: Callable[[list[str], np.ndarray], Any], **fields: Any) -> None:
        """Write a table again after changing a copy of its values."""
        table = read_storage(path)
        names, values = list(table.names), table.values.copy()
        change(names, values)
        write_storage(path, table.time_s, names, values, **{"in_degrees": table.in_degrees, **fields})

    @property
    def beside(self) -> dict[str, Path]:
        return {"external_loads": self.loads, "ik_setup": self.setup}

    def check(self, trial: Path | None = None, **inputs: Any) -> tuple[Fault, ...]:
        """What the verb ``check`` finds."""
        given = self.beside | inputs
        model = given.pop("model", self.model)
        return examine(Request.of(trial or self.trc, model, self.parameters, **given), readers(Plugins())).faults

    def analyse(self, trial: Path | None = None) -> sl.SwingReport:
        """What the verb ``analyse`` makes of the same inputs; without muscles, which these faults do not concern."""
        quick = replace(self.parameters, muscle_solver="none", grid_points=21)
        return sl.analyse(trial or self.trc, self.model, **self.beside, parameters=quick, plugins=Plugins())


@pytest.fixture(scope="module")
def sources(data_file):
    names = ("subject02_registered.osim", "subject02_running.trc", "subject02_running_grf.mot", "External_Loads.xml")
    paths = [data_file(f"hamner2010_run/{name}") for name in names]
    paths += [data_file("hamner2010_run/Setup_IK.xml"), data_file("hamner2010_run/reference/subject02_running_ik.mot")]
    return [load_model(paths[0]), *paths]


@pytest.fixture
def case(sources, tmp_path):
    model, model_path, trc, grf, loads, setup, ik = sources
    made = Case(folder=tmp_path, model_path=model_path, model=model, setup=setup, parameters=Parameters())
    run = read_trc(trc)
    keep = [k for k, name in enumerate(run.names) if name != "L.Bicep"]  # zero throughout, and not used
    names = tuple(run.names[k] for k in keep)
    cut = replace(run, time_s=run.time_s[FRAMES], names=names, position_m=run.position_m[FRAMES][:, keep])
    write_trc(made.trc, cut)
    for source, target in ((grf, made.grf), (ik, made.mot)):
        table = read_storage(source)
        rows = (table.time_s >= cut.time_s[0] - 0.01) & (table.time_s <= cut.time_s[-1] + 0.01)
        write_storage(target, table.time_s[rows], table.names, table.values[rows], in_degrees=table.in_degrees)
    made.loads.write_text(loads.read_text().replace("subject02_running_grf.mot", made.grf.name))
    return made


# --- What spoils an input: each function spoils a case and returns how to check it. ---


def prefixed(case):
    markers = read_trc(case.trc)
    write_trc(case.trc, replace(markers, names=tuple(f"Subj01:{name}" for name in markers.names)))


def renamed(case):
    case.rewrite(case.trc, "R.Heel", "R_Heel")


def blank(case):
    case.change_markers(lambda m, x: x[20:25, m.names.index("R.Heel")].fill(np.nan))


def short_blank(case):
    case.change_markers(lambda m, x: x[20:22, m.names.index("R.Heel")].fill(np.nan))


def zeros(case):
    case.change_markers(lambda m, x: x[0:5, m.names.index("R.Heel")].fill(0.0))


def metres_label(case):
    case.rewrite(case.trc, "\tmm\t", "\tm\t")


def z_up(case):
    case.change_markers(lambda m, x: x.__setitem__(slice(None), x[:, :, [0, 2, 1]] * [1, -1, 1]))


def swapped_sides(case):
    markers = read_trc(case.trc)
    other = {"R": "L", "L": "R"}
    names = tuple(other[n[0]] + n[1:] if n[:2] in ("R.", "L.") else n for n in markers.names)
    write_trc(case.trc, replace(markers, names=names))


def no_units(case):
    case.rewrite(case.trc, "\tmm\t", "\t\t")


def wrong_marker_count(case):
    case.rewrite(case.trc, "\t40\tmm", "\t41\tmm")


def wrong_frame_count(case):
    case.rewrite(case.trc, "\t180\t40\tmm", "\t10\t40\tmm")


def decimal_comma(case):
    lines = case.trc.read_text().split("\n")
    case.trc.write_text("\n".join([*lines[:6], *(line.replace(".", ",") for line in lines[6:])]))


def byte_order_mark(case):
    case.trc.write_bytes(b"\xef\xbb\xbf" + case.trc.read_bytes())


def repeated_marker(case):
    case.rewrite(case.trc, "L.Heel", "R.Heel")


def range_outside(case):
    case.parameters = Parameters(start_s=-1.0, end_s=0.3)


def windows_lines(case):
    case.trc.write_bytes(case.trc.read_bytes().replace(b"\n", b"\r\n"))


def missing_trial(case):
    case.trc.unlink()


def binary_trial(case):
    case.trc.write_bytes(bytes(range(256)) * 8)


def cut_short(case):
    case.trc.write_text(case.trc.read_text().rstrip()[:-40])


def slow_sampling(case):
    markers = read_trc(case.trc)
    some = slice(0, None, 3)
    cut = replace(markers, time_s=markers.time_s[some], position_m=markers.position_m[some], rate_hz=20.0)
    write_trc(case.trc, cut)


def lost_frames(case):
    markers = read_trc(case.trc)
    keep = np.r_[0:60, 90:180]
    write_trc(case.trc, replace(markers, time_s=markers.time_s[keep], position_m=markers.position_m[keep]))


def exchanged_trajectories(case):
    def exchange(markers, x):
        a, b = markers.names.index("R.Heel"), markers.names.index("R.ASIS")
        x[50:60, [a, b]] = x[50:60, [b, a]]

    case.change_markers(exchange)


def bare_shank(case):
    def hide(markers, x):
        x[:, [k for k, name in enumerate(markers.names) if name.startswith(("R.Shank", "R.Ankle", "R.Knee"))]] = np.nan

    case.change_markers(hide)


def no_degrees_flag(case):
    case.rewrite(case.mot, "inDegrees=yes\n", "")
    return {"trial": case.mot}


def radians_called_degrees(case):
    case.change_table(case.mot, lambda names, x: x.__imul__(np.pi / 180))
    return {"trial": case.mot}


def degrees_called_radians(case):
    case.rewrite(case.mot, "inDegrees=yes", "inDegrees=no")
    return {"trial": case.mot}


def renamed_coordinate(case):
    case.rewrite(case.mot, "\tknee_angle_r\t", "\tknee_flexion_angle_r\t")
    return {"trial": case.mot}


def wrong_row_count(case):
    case.rewrite(case.mot, "nRows=", "nRows=9")
    return {"trial": case.mot}


def empty_coordinate(case):
    case.change_table(case.mot, lambda names, x: x[10:12, names.index("knee_angle_r")].fill(np.nan))
    return {"trial": case.mot}


def falling_time(case):
    lines = case.mot.read_text().split("\n")
    case.mot.write_text("\n".join([*lines[:20], lines[22], lines[21], *lines[23:]]))
    return {"trial": case.mot}


def at_bound(case):
    limit = np.degrees(case.model.coordinates[case.model.legs["r"].knee].minimum)

    def hold(names, x):
        knee = x[:, names.index("knee_angle_r")]
        knee[knee.argmin() - 2 : knee.argmin() + 3] = limit

    case.change_table(case.mot, hold)
    return {"trial": case.mot}


def range_outside_motion(case):
    case.parameters = Parameters(start_s=3.0, end_s=9.0)
    return {"trial": case.mot}


def empty_centre_of_pressure(case):
    def blank_loaded(names, x):
        loaded = np.flatnonzero(x[:, names.index("ground_force_vy")] > 500)[:5]
        x[loaded, names.index("ground_force_px")] = np.nan

    case.change_table(case.grf, blank_loaded)


def empty_force(case):
    case.change_table(case.grf, lambda names, x: x[3:6, names.index("ground_force_vy")].fill(np.nan))


def missing_force_column(case):
    case.rewrite(case.grf, "\t1_ground_force_vy\t", "\tL_ground_force_vy\t")


def missing_force_file(case):
    case.grf.unlink()


def exchanged_feet(case):
    case.rewrite(case.loads, "calcn_r", "calcn_x")
    case.rewrite(case.loads, "calcn_l", "calcn_r")
    case.rewrite(case.loads, "calcn_x", "calcn_l")


def unknown_body(case):
    case.rewrite(case.loads, "calcn_r", "r_foot")


def forces_z_up(case):
    def turn(names, x):
        for stem in ("ground_force_v", "1_ground_force_v"):
            y, z = names.index(f"{stem}y"), names.index(f"{stem}z")
            x[:, [y, z]] = x[:, [z, y]]

    case.change_table(case.grf, turn)


def force_of_another_body(case):
    def double(names, x):
        x[:, [k for k, name in enumerate(names) if "force_v" in name]] *= 1.5

    case.change_table(case.grf, double)


def forces_from_another_time(case):
    table = read_storage(case.grf)
    write_storage(case.grf, table.time_s + 100.0, table.names, table.values)


CATALOGUE = [
    (
        prefixed,
        "mended",
        "marker-prefix",
        r"names that begin with 'Subj01:'; dropped it; 37 of 40 names are the model's",
    ),
    (
        renamed,
        "warning",
        "marker-absent",
        r"expected marker 'R\.Heel' \(weight \d+\), got none.*nearest unused name 'R_Heel'",
    ),
    (blank, "warning", "gaps", r"marker R\.Heel: missing in 0\.833-0\.900 s"),
    (short_blank, "mended", "gaps", r"marker R\.Heel: 1 short gap filled by a cubic spline"),
    (zeros, "mended", "file", r"marker R\.Heel is exactly 0, 0, 0 in rows 1-5; treated as missing"),
    (metres_label, "error", "marker-units", r"markers spread over [\d.e+]+ m with units 'm'; the numbers look like mm"),
    (z_up, "error", "marker-axes", r"expected \+y upwards.*stands along \+z.*--turn-axes"),
    (swapped_sides, "error", "sides-swapped", r"its own mirror image, right-side markers on its left"),
    (no_units, "error", "unreadable", r"Units \(line 3\) is empty; expected mm, cm or m"),
    (wrong_marker_count, "mended", "file", r"NumMarkers '41', counted 40; the count is used"),
    (wrong_frame_count, "mended", "file", r"NumFrames '10', counted 180; the count is used"),
    (decimal_comma, "error", "unreadable", r"line 7: decimal comma in '0,5'"),
    (byte_order_mark, "mended", "file", r"byte order mark at the start; dropped"),
    (repeated_marker, "error", "unreadable", r"marker 'R\.Heel' appears twice \(as marker \d+ and marker \d+\)"),
    (range_outside, "error", "range", r"--start and --end inside 0\.5 to 3\.48333 s, got -1 to 0\.3 s"),
    (missing_trial, "error", "unreadable", r"no file at '.*run\.trc'"),
    (binary_trial, "error", "unreadable", r"run\.trc is not a text file"),
    (cut_short, "mended", "file", r"line 186: cut short; this last row is left out"),
    (slow_sampling, "error", "rate", r"expected more than 30 Hz for a cut-off of 12 Hz, got 20 Hz; lower filter_hz"),
    (lost_frames, "warning", "time-jump", r"expected even times, got a step of 0\.516667 s at 1\.483 s"),
    (exchanged_trajectories, "warning", "marker-jump", r"marker 'R\.Heel': expected speeds below 30 m/s, got \d+ m/s"),
    (bare_shank, "error", "segment-markers", r"expected markers on the shank of leg r .*got none in any frame"),
    (no_degrees_flag, "warning", "angle-unit", r"taken as degrees; say --angles degrees to be sure"),
    (radians_called_degrees, "error", "angle-unit", r"got no angle beyond [\d.]+ degrees; if they are radians"),
    (degrees_called_radians, "error", "angle-unit", r"got a knee that reaches 1\d\d rad; if they are degrees"),
    (
        renamed_coordinate,
        "error",
        "coordinate-missing",
        r"'knee_angle_r', got none; nearest column 'knee_flexion_angle_r'",
    ),
    (wrong_row_count, "mended", "file", r"the header says nRows 9\d+, counted 180; the count is used"),
    (empty_coordinate, "error", "coordinate-nan", r"got 2 empty or nan cells in 'knee_angle_r'"),
    (falling_time, "error", "unreadable", r"line 22: time falls from"),
    (at_bound, "warning", "at-bound", r"got knee_angle_r at it in 5 of 180 rows; widen the range"),
    (range_outside_motion, "error", "range", r"got 3 to 9 s"),
    (
        empty_centre_of_pressure,
        "error",
        "force-nan",
        r"'externalforce_right': expected a point of application .*, got empty or nan cells \(x\) 5 times, from",
    ),
    (
        empty_force,
        "error",
        "force-nan",
        r"'externalforce_right': expected a number in every row, got empty or nan cells \(y\) \d times, from",
    ),
    (missing_force_column, "error", "force-columns", r"columns 1_ground_force_vy in .*the file has .*ground_force_vx"),
    (missing_force_file, "error", "unreadable", r"there is no file .*run_grf\.mot"),
    (exchanged_feet, "error", "force-foot", r"a force under the foot of 'calcn_l', got one under the foot of leg r"),
    (unknown_body, "error", "force-body", r"expected a body of the model \(.*calcn_r.*got applied_to_body 'r_foot'"),
    (forces_z_up, "error", "force-axes", r"expected a force that pushes along \+y, got most of it along \+z"),
    (force_of_another_body, "warning", "force-mass", r"carry the model's 65\.9 kg, got \d+\.\d kg over \d+ steps"),
    (
        forces_from_another_time,
        "error",
        "force-time",
        r"times inside 0\.5 to 3\.48333 s, got '.*' from 100\.\d+ to 103\.\d+ s",
    ),
]


def test_the_good_trial_has_no_fault_but_that_its_markers_were_low_passed(case):
    """As they were published."""
    assert [fault.code for fault in case.check()] == ["marker-smoothed"]
    assert case.check(case.mot) == ()


def test_windows_line_ends_are_no_fault(case):
    before = [fault.code for fault in case.check()]
    windows_lines(case)
    assert [fault.code for fault in case.check()] == before


DOCUMENTED = {
    name: said.removesuffix("…").rstrip()
    for name, said in re.findall(
        r"^\| `(\w+)` \|.*\| (.*) \|$", (ROOT / "docs" / "input-faults.md").read_text(), flags=re.MULTILINE
    )
}
"""What the document says that we say of each row; long ones are cut there."""
ROWS = pytest.mark.parametrize(
    ("spoil", "severity", "code", "said"), CATALOGUE, ids=[row[0].__name__ for row in CATALOGUE]
)


@ROWS
def test_each_fault_of_the_catalogue_is_named_and_nothing_else_is_blamed(case, spoil, severity, code, said):
    faults = case.check(**(spoil(case) or {}))
    told = [fault for fault in faults if fault.code == code and re.search(said, str(fault))]
    assert {fault.severity for fault in told} == {severity}, "\n".join(map(str, faults))
    assert {fault.code for fault in faults if fault.severity == "error"} <= {code}
    assert str(told[0]).replace(f"{case.folder}{os.sep}", "").startswith(DOCUMENTED[spoil.__name__])


@ROWS
def test_what_check_calls_an_error_analyse_refuses_and_goes_on_with_the_rest(case, spoil, severity, code, said):
    spoilt = spoil(case) or {}
    found = case.check(**spoilt)
    errors = [str(fault) for fault in found if fault.severity == "error"]
    if severity == "error":
        with pytest.raises(InputError) as refused:
            case.analyse(**spoilt)
        assert str(refused.value).startswith(errors[0])
        assert [str(fault) for fault in refused.value.faults] == errors
    else:
        warnings = case.analyse(**spoilt).warnings
        # Inverse kinematics and the solved angles say these two in their own words.
        later = {"marker-absent": "R.Heel", "at-bound": "knee_angle_r is within 1 deg of the end of its range"}
        wanted = later.get(code) or next(str(fault) for fault in found if fault.code == code)
        assert any(wanted in text for text in warnings), warnings


@pytest.mark.parametrize(("spoil", "status"), [(unknown_body, 2), (empty_centre_of_pressure, 2), (blank, 0)])
def test_both_verbs_end_with_the_same_status(case, monkeypatch, capsys, spoil, status):
    spoil(case)
    monkeypatch.chdir(case.folder)
    inputs = ["run.trc", "--model", case.model_path, "--external-loads", "loads.xml", "--ik-setup", case.setup]
    for verb in ("check", "analyse"):
        with pytest.raises(SystemExit) as end:
            main([verb, *map(str, inputs), "--muscle-solver", "none", "--side", "r", "--json"])
        assert (end.value.code or 0) == status, capsys.readouterr().err
    assert Path("run.h5").exists() == (status == 0)


def test_markers_that_are_absent_are_named_in_one_line(case):
    markers = read_trc(case.trc)
    keep = [k for k, name in enumerate(markers.names) if name not in {"Sternum", "R.Elbow", "R.Bicep"}]
    names = tuple(markers.names[k] for k in keep)
    write_trc(case.trc, replace(markers, names=names, position_m=markers.position_m[:, keep]))
    told = [str(fault) for fault in case.check() if fault.code == "marker-absent"]
    assert len(told) == 1, "\n".join(told)
    assert re.search(r"expected markers 'Sternum' \(weight \d+\), 'R\.Bicep' \(", told[0])
    assert re.search(r"'R\.Elbow' \(weight \d+\).*, got none of that name; these \d are left out$", told[0])


def test_every_fault_is_found_in_one_go(case):
    blank(case)
    metres_label(case)
    unknown_body(case)
    empty_force(case)
    case.parameters = Parameters(start_s=-1.0, filter_hz=50.0)
    codes = [fault.code for fault in case.check()]
    with pytest.raises(InputError, match=rf"and {sum(f.severity == 'error' for f in case.check()) - 1} more fault"):
        case.analyse()
    assert {"gaps", "marker-units", "force-body", "force-nan", "range", "rate"} <= set(codes)


def test_meshes_that_are_not_there_are_one_line(case, tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "me.osim").write_bytes(case.model_path.read_bytes())
    note = case.check(model=alone / "me.osim")[-1]
    assert (note.severity, note.code) == ("note", "model")
    assert re.search(r"\d+ bone meshes not found", note.got)


def test_the_document_has_a_row_for_every_fault_of_the_catalogue():
    assert sorted(DOCUMENTED) == sorted(row[0].__name__ for row in CATALOGUE)
