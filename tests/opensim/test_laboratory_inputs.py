"""Every fault that laboratories' inputs may have, through both verbs: right, told or refused, and never in silence.

The catalogue is in laboratory.py; docs/input-faults.md has a table that is made of it, and is held to it here.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from tests.opensim.laboratory import ROOT, ROWS, Case, Row

import swinglever as sl
from swinglever.anatomy.model import Model
from swinglever.engines.opensim import load_model
from swinglever.errors import InputError
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.plugins.manager import Plugins
from swinglever.readers.storage import write_storage
from swinglever.readers.trc import read_trc, write_trc
from swinglever.readers.trial import read_trial

RUNNERS, DOCUMENT = ROOT / "models" / "runners", ROOT / "docs" / "input-faults.md"
QUICK = sl.Parameters(muscle_solver="none", grid_points=21)
BEGIN, END = "<!-- made of tests/opensim/laboratory.py: begin -->", "<!-- end -->"


@dataclass(frozen=True)
class Bases:
    """The good inputs: the model, a trial of markers, and one of joint angles."""

    model: Model
    markers: Path
    angles: Path


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Bases:
    folder, model = tmp_path_factory.mktemp("bases"), load_model(ROOT / "models" / "runner.osim")
    trial = read_trial(RUNNERS / "synthetic_mean_35.trc", ik_setup=RUNNERS / "synthetic_mean_35_ik.xml")
    motion = solve_kinematics(Inputs(trial=trial, model=model, parameters=sl.Parameters()))
    values = [np.degrees(q) if c.turns else q for q, c in zip(motion.q.T, model.coordinates, strict=True)]
    angles = folder / "angles.mot"
    write_storage(angles, motion.time_s, model.coordinate_names, np.stack(values, axis=1), in_degrees=True)
    return Bases(model=model, markers=RUNNERS / "synthetic_pulled.trc", angles=angles)


def make_case(bases: Bases, of: str, folder: Path) -> Case:
    """Lay good inputs into a folder."""
    stem, trial = ("synthetic_pulled", bases.markers) if of == "markers" else ("synthetic_mean_35", bases.angles)
    names = {"trial": f"run{trial.suffix}", "grf": f"{stem}_grf.mot", "loads": f"{stem}_grf.xml"}
    paths = {key: folder / name for key, name in names.items()}
    for key, path in paths.items():
        path.write_bytes((trial if key == "trial" else RUNNERS / path.name).read_bytes())
    beside = {"ik_setup": RUNNERS / f"{stem}_ik.xml"} if of == "markers" else {}
    return Case(folder=folder, model=bases.model, beside=beside, parameters=QUICK, **paths)


@pytest.fixture
def new_case(bases: Bases, tmp_path: Path) -> Callable[[str], Case]:
    return lambda of: make_case(bases, of, tmp_path)


@pytest.fixture(scope="module")
def good(bases: Bases, tmp_path_factory: pytest.TempPathFactory) -> dict[str, sl.SwingReport]:
    """What comes out of the good inputs."""
    return {of: make_case(bases, of, tmp_path_factory.mktemp(of)).analyse() for of in ("markers", "angles")}


@pytest.mark.parametrize("of", ["markers", "angles"])
def test_good_inputs_have_no_fault(new_case: Callable[[str], Case], of: str) -> None:
    assert new_case(of).check() == ()


@pytest.mark.parametrize("fault", [row for row in ROWS if row.outcome == "refused"], ids=lambda row: row.name)
def test_what_cannot_be_used_is_refused_by_both_verbs_with_one_clear_line(
    new_case: Callable[[str], Case], fault: Row
) -> None:
    case = new_case(fault.of)
    fault.spoil(case)
    errors = [found for found in case.check() if found.severity == "error"]
    assert fault.code in {found.code for found in errors}, errors
    assert any(fault.said in str(found) for found in errors if found.code == fault.code), errors
    with pytest.raises(InputError) as refused:
        case.analyse()
    assert str(errors[0]) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("fault", [row for row in ROWS if row.outcome == "told"], ids=lambda row: row.name)
def test_what_is_doubtful_is_told_by_both_verbs(new_case: Callable[[str], Case], fault: Row) -> None:
    case = new_case(fault.of)
    fault.spoil(case)
    told = case.check()
    assert [str(found) for found in told if found.severity == "error"] == []
    report = case.analyse()
    assert any(fault.said in text for text in report.warnings), report.warnings
    assert sorted(report.warnings) == sorted(map(str, told))
    assert report.swings


@pytest.mark.parametrize("fault", [row for row in ROWS if row.outcome == "right"], ids=lambda row: row.name)
def test_what_is_no_fault_gives_the_same_swings(
    new_case: Callable[[str], Case], good: dict[str, sl.SwingReport], fault: Row
) -> None:
    case = new_case(fault.of)
    fault.spoil(case)
    assert [str(found) for found in case.check() if found.severity == "error"] == []
    found, wanted = case.analyse().swings, good[fault.of].swings
    assert [swing.side for swing in found] == [swing.side for swing in wanted]
    for mine, theirs in zip(found, wanted, strict=True):
        assert mine.toe_off_s == pytest.approx(theirs.toe_off_s, abs=0.01)
        assert mine.foot_strike_s == pytest.approx(theirs.foot_strike_s, abs=0.01)
        assert mine.peak_flexion_deg == pytest.approx(theirs.peak_flexion_deg, abs=0.5)


@pytest.mark.parametrize(
    ("fault", "words"),
    [("markers_tilted_forwards_alone", "axes that are tilted"), ("model_too_large", "look at its scale first")],
)
def test_where_no_swing_is_found_the_line_says_what_looked_wrong_before(
    new_case: Callable[[str], Case], fault: str, words: str
) -> None:
    """No foot leaves the ground, as its motion has it; a model far from its markers falls too fast."""
    case = new_case("markers")
    next(row for row in ROWS if row.name == fault).spoil(case)
    doubt, *_ = [str(found) for found in case.check() if found.severity == "warning"]
    assert words in doubt
    with pytest.raises(InputError, match="complete swing") as refused:
        case.analyse()
    assert str(refused.value).endswith(doubt)


def test_swings_beside_a_single_plate_say_by_what_they_were_found(new_case: Callable[[str], Case]) -> None:
    case = new_case("angles")
    next(row for row in ROWS if row.name == "one_plate_in_the_floor").spoil(case)
    sources = [swing.event_source for swing in case.analyse().swings]
    assert sources.count("ground_force") == 1
    assert sources.count("kinematics") >= 3


def test_a_step_on_the_other_belt_leaves_every_swing_as_without(
    new_case: Callable[[str], Case], good: dict[str, sl.SwingReport]
) -> None:
    case = new_case("angles")
    next(row for row in ROWS if row.name == "split_belt_crossing").spoil(case)
    for mine, theirs in zip(case.analyse().swings, good["angles"].swings, strict=True):
        assert (mine.side, mine.toe_off_s) == (theirs.side, pytest.approx(theirs.toe_off_s, abs=2e-3))


def test_on_a_bend_every_swing_is_as_straight_ahead(bases: Bases, tmp_path: Path) -> None:
    """Markers are carried on along a quarter of a circle, at 3.5 m/s; no force tells the events."""
    straight = RUNNERS / "synthetic_mean_35.trc"
    markers = read_trc(straight)
    heading = np.linspace(0.0, 0.5 * np.pi, len(markers.time_s))
    rate = 0.5 * np.pi / (markers.time_s[-1] - markers.time_s[0])
    cos, sin, nil = np.cos(heading), np.sin(heading), 0.0 * heading
    turn = np.moveaxis(np.array([[cos, nil, sin], [nil, nil + 1.0, nil], [-sin, nil, cos]]), -1, 0)
    way = 3.5 / rate * np.stack([sin, nil, cos - 1.0], axis=1)
    position_m = np.einsum("tij,tmj->tmi", turn, markers.position_m) + way[:, None]
    write_trc(tmp_path / "bend.trc", replace(markers, position_m=position_m))
    given = {"ik_setup": RUNNERS / "synthetic_mean_35_ik.xml", "parameters": QUICK, "plugins": Plugins()}
    wanted, found = (sl.analyse(path, bases.model, **given) for path in (straight, tmp_path / "bend.trc"))
    assert [swing.id for swing in found.swings] == [swing.id for swing in wanted.swings]
    assert found.warnings == ()
    for mine, theirs in zip(found.swings, wanted.swings, strict=True):
        for name in ("toe_off_s", "thigh_reversal_s", "peak_flexion_s", "pass_s", "foot_strike_s"):
            assert getattr(mine, name) == pytest.approx(getattr(theirs, name), abs=4e-3), name
        assert mine.peak_flexion_deg == pytest.approx(theirs.peak_flexion_deg, abs=0.2)
        assert mine.motion is not None
        middle = rate * (0.5 * (mine.toe_off_s + mine.foot_strike_s) - markers.time_s[0])
        assert mine.motion.forward @ [np.cos(middle), 0.0, -np.sin(middle)] > np.cos(np.radians(8.0))


@pytest.mark.parametrize(
    "content",
    [b"", b"version https://git-lfs.github.com/spec/v1\n", bytes(range(1, 255))],
    ids=["empty", "lfs", "noise"],
)
def test_a_mesh_on_which_opensim_ends_the_process_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    text = (ROOT / "models" / "runner.osim").read_text(encoding="utf-8")
    first = re.search(r"<mesh_file>(.*?)</mesh_file>", text)
    assert first is not None
    (tmp_path / "m.osim").write_text(text.replace(first[1], "broken.obj"), encoding="utf-8")
    (tmp_path / "broken.obj").write_bytes(content)
    with pytest.raises(InputError, match=r"broken\.obj: expected a mesh with vertices, got none"):
        load_model(tmp_path / "m.osim")


def test_a_model_with_a_moving_point_that_nothing_moves_is_refused_with_what_opensim_says(tmp_path: Path) -> None:
    """OpenSim builds it, and fails when it is asked for the point's path."""
    text = (ROOT / "models" / "runner.osim").read_text(encoding="utf-8")
    without = re.sub(r"<z_location>.*?</z_location>", "<z_location/>", text, count=1, flags=re.DOTALL)
    (tmp_path / "m.osim").write_text(without, encoding="utf-8")
    with pytest.raises(InputError, match=r"OpenSim cannot tell what the model '.*m\.osim' holds: .*out of range"):
        load_model(tmp_path / "m.osim")


@pytest.mark.parametrize("of", ["markers", "angles"])
def test_names_of_the_catalogue_are_distinct(of: str) -> None:
    names = [row.name for row in ROWS if row.of == of]
    assert len(set(names)) == len(names)


def document_lines() -> Iterator[str]:
    """The table of the document, by kind."""
    yield "| kind | fault | trial | here | we say |"
    yield "|---|---|---|---|---|"
    for fault in sorted(ROWS, key=lambda row: [r.kind for r in ROWS].index(row.kind)):
        yield f"| {fault.kind} | {fault.words} | {fault.of} | {fault.outcome} | {fault.said or fault.code or '–'} |"
    yield ""
    told = {outcome: sum(row.outcome == outcome for row in ROWS) for outcome in ("right", "told", "refused")}
    yield f"{len(ROWS)} faults: {', '.join(f'{count} {name}' for name, count in told.items())}; none in silence."


def test_the_document_has_the_catalogue() -> None:
    """With SWINGLEVER_WRITE_DOCS set, the table is written anew."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    wanted = f"{before}{BEGIN}\n" + "\n".join(document_lines()) + f"\n{END}{rest.split(END)[1]}"
    if os.environ.get("SWINGLEVER_WRITE_DOCS"):
        DOCUMENT.write_text(wanted, encoding="utf-8")
    assert text == wanted or os.environ.get("SWINGLEVER_WRITE_DOCS")
