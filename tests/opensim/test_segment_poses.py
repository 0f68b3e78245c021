"""Segment poses to joint angles: what was put into a markerless file comes out of the whole job."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tests.opensim.markerless import BODIES, TO_LABORATORY, poses_of, write_markerless

import swinglever as sl
from swinglever.anatomy.model import Model
from swinglever.checks.examination import examine
from swinglever.checks.request import Request
from swinglever.engines.opensim import load_model
from swinglever.errors import InputError
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.pose_markers import segments_of
from swinglever.plugins.manager import Plugins
from swinglever.plugins.reading import readers
from swinglever.readers.trial import read_trial
from swinglever.records.trial import Angles, Trial
from swinglever.system.resources import model_file

QUICK = sl.Parameters(muscle_solver="none", grid_points=21)
SMALL_RAD = np.radians(0.01)
"""Poses are stored as 32-bit numbers: 1e-7 of a turn; the filter after inverse kinematics is the same for both."""


@dataclass(frozen=True)
class Known:
    """A motion that is known, and what the whole job makes of it as joint angles."""

    model: Model
    time_s: np.ndarray
    q: np.ndarray
    loads: Path

    @property
    def rate_hz(self) -> float:
        return float((len(self.time_s) - 1) / (self.time_s[-1] - self.time_s[0]))

    def write(self, path: Path, poses: np.ndarray | None = None, **how: object) -> Path:
        """Write a markerless file of it, or of other poses."""
        stored = poses_of(self.model, self.q) if poses is None else poses
        first = round(self.time_s[0] * self.rate_hz / how.get("per_point", 1))
        return write_markerless(path, stored, self.rate_hz, first_frame=first, **how)

    def analyse(self, trial: Path | Trial, **given: object) -> sl.SwingReport:
        given = {"external_loads": self.loads, "parameters": QUICK, **given}
        return sl.analyse(trial, self.model, plugins=Plugins(), **given)

    def as_angles(self) -> Trial:
        return Trial(name="known", angles=Angles(names=self.model.coordinate_names, time_s=self.time_s, q=self.q))


def known_motion(name: str) -> Known:
    model = load_model(model_file("runner.osim"))
    trial = read_trial(model_file(f"runners/{name}.trc"), ik_setup=model_file(f"runners/{name}_ik.xml"))
    motion = solve_kinematics(Inputs(trial=trial, model=model, parameters=sl.Parameters()))
    return Known(model=model, time_s=motion.time_s, q=motion.q, loads=model_file(f"runners/{name}_grf.xml"))


@pytest.fixture(scope="module")
def known() -> Known:
    return known_motion("synthetic_mean_35")


@pytest.fixture(scope="module")
def by_angles(known: Known) -> sl.SwingReport:
    return known.analyse(known.as_angles())


def joints(model: Model) -> list[int]:
    """Every angle but those of the pelvis in the laboratory."""
    return [k for k, c in enumerate(model.coordinates) if c.turns and not c.name.startswith("pelvis")]


def angles_apart(model: Model, found: sl.SwingReport, wanted: sl.SwingReport) -> float:
    """Largest difference of any joint angle in any frame, rad."""
    assert found.kinematics.time_s == pytest.approx(wanted.kinematics.time_s, abs=1e-6)
    return float(np.abs(found.kinematics.q - wanted.kinematics.q)[:, joints(model)].max())


def without(poses: np.ndarray, label: str, first: int, last: int) -> np.ndarray:
    """Poses of which one segment is not seen for some frames."""
    poses[first:last, list(BODIES).index(label)] = np.nan
    return poses


def turned_in_place(poses: np.ndarray, begins: str, turn: np.ndarray) -> np.ndarray:
    for k, label in enumerate(BODIES):
        if label.startswith(begins):
            poses[:, k, :3, :3] = poses[:, k, :3, :3] @ turn
    return poses


def about_vertical(degrees: float) -> np.ndarray:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]]) @ TO_LABORATORY


def in_metres(poses: np.ndarray) -> np.ndarray:
    poses[..., :3, 3] *= 1e-3
    return poses


WAYS: dict[str, Callable[[Known, Path], Path]] = {
    "as Theia writes them": lambda k, path: k.write(path),
    "in metres": lambda k, path: k.write(path, in_metres(poses_of(k.model, k.q)), units="m"),
    "two a frame of points": lambda k, path: k.write(path, per_point=2),
    "row by row": lambda k, path: k.write(path, np.swapaxes(poses_of(k.model, k.q), -1, -2)),
    "labels in capitals": lambda k, path: k.write(path, label=str.upper),
    "no toes": lambda k, path: k.write(path, label=lambda name: name.replace("toes", "other")),
    "beside points of no model": lambda k, path: k.write(path, points=(["P1"], np.ones((len(k.q), 1, 3)))),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_angles_that_were_put_in_come_out_with_the_same_swings(
    known: Known, by_angles: sl.SwingReport, tmp_path: Path, way: str
) -> None:
    found = known.analyse(WAYS[way](known, tmp_path / "a.c3d"))
    assert angles_apart(known.model, found, by_angles) < SMALL_RAD
    assert np.abs(found.kinematics.q - by_angles.kinematics.q).max() < 1e-3  # the pelvis in the laboratory too
    assert [(s.id, s.event_source) for s in found.swings] == [(s.id, s.event_source) for s in by_angles.swings]
    assert any("poses of" in text and "in place of markers" in text for text in found.warnings)
    for mine, theirs in zip(found.swings, by_angles.swings, strict=True):
        assert mine.toe_off_s == pytest.approx(theirs.toe_off_s, abs=1e-3)
        for scope in theirs.attribution:
            wanted = theirs.attribution[scope].degrees_by_group()
            assert mine.attribution[scope].degrees_by_group() == pytest.approx(wanted, abs=0.05)


@pytest.mark.parametrize("degrees", [30.0, 200.0])
def test_joints_bend_alike_whichever_way_the_runner_faces(
    known: Known, by_angles: sl.SwingReport, tmp_path: Path, degrees: float
) -> None:
    path = known.write(tmp_path / "a.c3d", poses_of(known.model, known.q, lab=about_vertical(degrees)))
    found = known.analyse(path, external_loads=None)  # the forces were not turned
    assert angles_apart(known.model, found, by_angles) < SMALL_RAD


def test_segments_that_are_turned_about_their_length_are_told(known: Known, tmp_path: Path) -> None:
    cos, sin = np.cos(np.radians(20.0)), np.sin(np.radians(20.0))
    turn = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    poses = turned_in_place(turned_in_place(poses_of(known.model, known.q), "r_thigh", turn), "r_shank", turn)
    found = known.analyse(known.write(tmp_path / "a.c3d", poses))
    assert any("r_shank: expected a knee that bends about x" in t and "20 deg off" in t for t in found.warnings)


def test_without_a_torso_it_is_said_how_the_trunk_stands(
    known: Known, by_angles: sl.SwingReport, tmp_path: Path
) -> None:
    found = known.analyse(known.write(tmp_path / "a.c3d", label=lambda name: name.replace("torso", "other")))
    assert any("the trunk stands on the pelvis as the model has it" in text for text in found.warnings)
    legs = [k for k in joints(known.model) if not known.model.coordinates[k].name.startswith("lumbar")]
    assert np.abs(found.kinematics.q - by_angles.kinematics.q)[:, legs].max() < SMALL_RAD


def test_how_a_foot_lies_in_its_own_axes_does_not_matter_where_toes_tell(
    known: Known, by_angles: sl.SwingReport, tmp_path: Path
) -> None:
    """Visual3D's foot may have z along it, from the toes to the ankle, and y upwards."""
    along = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    poses = poses_of(known.model, known.q)
    for foot in ("r_foot", "l_foot"):
        poses = turned_in_place(poses, foot, along)
    assert angles_apart(known.model, known.analyse(known.write(tmp_path / "a.c3d", poses)), by_angles) < SMALL_RAD


def test_segments_of_another_length_bend_no_joint_and_are_told(
    known: Known, by_angles: sl.SwingReport, tmp_path: Path
) -> None:
    found = known.analyse(known.write(tmp_path / "a.c3d", poses_of(known.model, known.q, stretch=1.05)))
    assert angles_apart(known.model, found, by_angles) < SMALL_RAD
    assert any("got r_thigh +5 %, r_shank +5 %" in text and "scale the model" in text for text in found.warnings)


def test_a_segment_that_is_missing_for_a_third_of_a_second_costs_its_swing_and_no_other(
    known: Known, by_angles: sl.SwingReport, tmp_path: Path
) -> None:
    second = by_angles.swings[1]
    assert second.side == "r"
    begin = round((second.toe_off_s - known.time_s[0]) * known.rate_hz) + 20
    poses = without(poses_of(known.model, known.q), "r_shank_4X4", begin, begin + round(known.rate_hz / 3))
    found = known.analyse(known.write(tmp_path / "a.c3d", poses))
    assert [s.id for s in found.swings] == [s.id for s in by_angles.swings if s.id != second.id]
    assert any("segment r_shank: missing in" in text for text in found.warnings)
    assert any(f"swing {second.id}" in text and "left out" in text for text in found.warnings)
    for mine in found.swings:
        theirs = next(s for s in by_angles.swings if s.id == mine.id)
        assert mine.peak_flexion_deg == pytest.approx(theirs.peak_flexion_deg, abs=0.1)


def test_frames_in_which_nobody_is_seen_yet_or_any_more_are_left_out(
    known: Known, by_angles: sl.SwingReport, tmp_path: Path
) -> None:
    poses = poses_of(known.model, known.q)
    poses[:30] = poses[-40:] = np.nan
    found = known.analyse(known.write(tmp_path / "a.c3d", poses))
    assert found.kinematics.time_s[[0, -1]] == pytest.approx(known.time_s[[30, -41]], abs=1e-6)
    assert any("nobody is seen before 0.200 s and after 1.847 s; these 70 frames" in text for text in found.warnings)
    assert len(found.swings) >= 3
    for mine in found.swings:
        theirs = min(by_angles.swings, key=lambda swing: abs(swing.toe_off_s - mine.toe_off_s))
        assert mine.side == theirs.side
        assert mine.peak_flexion_deg == pytest.approx(theirs.peak_flexion_deg, abs=0.1)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("r_shank_4X4", "r_shank_4X4", "segment r_shank keeps one pose in 29 frames"),
        ("r_foot_4X4", "r_foot_4X4", "segment r_foot keeps one pose in 29 frames"),
        ("r_shank_4X4", "l_shank_4X4", "segment l_thigh has the next joint elsewhere in its axes in"),
    ],
    ids=["a shank held", "a foot held", "shanks exchanged"],
)
def test_poses_of_another_time_or_segment_are_missing_and_told(
    known: Known, by_angles: sl.SwingReport, tmp_path: Path, first: str, second: str, words: str
) -> None:
    """For 0.2 s in the middle of a swing of the right leg."""
    swing = by_angles.swings[1]
    begin = round((swing.toe_off_s - known.time_s[0]) * known.rate_hz) + 15
    poses, labels = poses_of(known.model, known.q), list(BODIES)
    a, b = labels.index(first), labels.index(second)
    if a == b:
        poses[begin : begin + 30, a] = poses[begin, a]
    else:
        poses[begin : begin + 30, [a, b]] = poses[begin : begin + 30, [b, a]]
    found = known.analyse(known.write(tmp_path / "a.c3d", poses))
    assert any(words in text and "treated as missing" in text for text in found.warnings), found.warnings
    for mine in found.swings:
        theirs = next(s for s in by_angles.swings if s.id == mine.id)
        assert mine.peak_flexion_deg == pytest.approx(theirs.peak_flexion_deg, abs=0.1)


def test_without_forces_the_feet_tell_the_same_events(known: Known, tmp_path: Path) -> None:
    wanted, found = (
        known.analyse(trial, external_loads=None) for trial in (known.as_angles(), known.write(tmp_path / "a.c3d"))
    )
    assert {swing.event_source for swing in found.swings} == {"kinematics"}
    assert [s.id for s in found.swings] == [s.id for s in wanted.swings]
    for mine, theirs in zip(found.swings, wanted.swings, strict=True):
        assert mine.toe_off_s == pytest.approx(theirs.toe_off_s, abs=1e-3)
        assert mine.foot_strike_s == pytest.approx(theirs.foot_strike_s, abs=1e-3)


def test_a_pull_is_called_one_from_poses_as_from_angles(tmp_path: Path) -> None:
    """With the muscle forces that were, so that a verdict is certain."""
    pulled = known_motion("synthetic_pulled")
    given = {"forces": model_file("runners/synthetic_pulled_known_forces.sto"), "parameters": sl.Parameters()}
    wanted, found = (pulled.analyse(t, **given) for t in (pulled.as_angles(), pulled.write(tmp_path / "a.c3d")))
    verdicts = [(swing.id, swing.verdict, swing.evidence) for swing in wanted.swings]
    assert ("r_1", "hamstring-initiated", "given forces") in verdicts
    assert [(swing.id, swing.verdict, swing.evidence) for swing in found.swings] == verdicts


def test_markers_of_the_model_are_used_before_poses(known: Known, by_angles: sl.SwingReport, tmp_path: Path) -> None:
    """The poses say that no joint bends; the markers are the model's own points."""
    sites = known.model.markers
    bodies, places = np.array([site.body for site in sites]), np.array([site.location_m for site in sites])
    position = known.model.place(known.q).stations(bodies, places) @ TO_LABORATORY.T
    still = poses_of(known.model, np.repeat(known.q[:1], len(known.q), axis=0))
    path = known.write(tmp_path / "a.c3d", still, points=([site.name for site in sites], position))
    found = known.analyse(path)
    assert angles_apart(known.model, found, by_angles) < SMALL_RAD
    assert any("poses of 10 segments beside markers of the model; the markers are used" in t for t in found.warnings)


def test_a_model_without_markers_follows_poses(known: Known, by_angles: sl.SwingReport, tmp_path: Path) -> None:
    text = Path(model_file("runner.osim")).read_text(encoding="utf-8")
    begin, end = text.index("<MarkerSet"), text.index("</MarkerSet>") + len("</MarkerSet>")
    (tmp_path / "bare.osim").write_text(text[:begin] + text[end:], encoding="utf-8")
    bare = load_model(tmp_path / "bare.osim")
    assert bare.markers == ()
    found = sl.analyse(
        known.write(tmp_path / "a.c3d"), bare, external_loads=known.loads, parameters=QUICK, plugins=Plugins()
    )
    assert angles_apart(known.model, found, by_angles) < SMALL_RAD


def transposed(poses: np.ndarray) -> np.ndarray:
    poses[..., :3, :3] = np.swapaxes(poses[..., :3, :3], -1, -2).copy()
    return poses


CONTRADICTIONS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], str]] = {
    "from the laboratory to the segment": (transposed, "r_thigh: expected a far end that rests in the segment's own"),
    "x along the left leg's left": (
        lambda poses: turned_in_place(poses, "l_", np.diag([-1.0, -1.0, 1.0])),
        "l_shank: expected a knee that bends about x",
    ),
    "z downwards": (
        lambda poses: turned_in_place(poses, "r_shank", np.diag([1.0, -1.0, -1.0])),
        "r_shank: expected its far end along -z, got it along (0.00, 0.00, 1.00)",
    ),
    "y for x": (
        lambda poses: turned_in_place(poses, "", np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])),
        "a line from the left hip to the right one along +x of the pelvis",
    ),
}


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_axes_that_contradict_the_body_are_refused_by_both_verbs(known: Known, tmp_path: Path, what: str) -> None:
    spoil, words = CONTRADICTIONS[what]
    path = known.write(tmp_path / "a.c3d", spoil(poses_of(known.model, known.q)))
    found = examine(Request.of(path, known.model, QUICK, external_loads=known.loads), readers(Plugins()))
    assert found.inputs is None
    assert any(words in str(fault) for fault in found.faults if fault.severity == "error"), found.faults
    with pytest.raises(InputError) as refused:
        known.analyse(path)
    assert str(found.faults[0]) in str(refused.value)


def test_toes_that_are_welded_to_the_foot_tell_its_length(data_file: Callable[[str], Path]) -> None:
    """In gait10dof18musc talus, calcaneus and toes are one: (0.17880, -0.002) before (-0.04877, -0.04195), in m."""
    foot = segments_of(load_model(data_file("models/gait10dof18musc.osim")))["r_foot"]
    assert foot.length_m == pytest.approx(np.hypot(0.17880 - 0.04877, -0.002 - 0.04195), abs=1e-3)


@pytest.mark.parametrize(
    "model_name", ["models/Rajagopal2016.osim", "hamner2010_run/subject02_registered.osim"], ids=["generic", "his own"]
)
def test_another_model_bends_as_the_runner_did(
    data_file: Callable[[str], Path], tmp_path: Path, model_name: str
) -> None:
    """Hamner's run: the shanks of his model are a fifth longer than the generic one's, and both knees roll.

    The line from hip to knee turns by a degree in the thigh while a knee rolls, and the two models' knees roll
    differently: so much is open, as a constant. Its spread is a quarter of a degree at most.
    """
    folder = "hamner2010_run"
    own, other = (load_model(data_file(name)) for name in (f"{folder}/subject02_registered.osim", model_name))
    trial = read_trial(data_file(f"{folder}/subject02_running.trc"), ik_setup=data_file(f"{folder}/Setup_IK.xml"))
    run = solve_kinematics(Inputs(trial=trial, model=own, parameters=sl.Parameters(end_s=4.0)))
    path = write_markerless(tmp_path / "a.c3d", poses_of(own, run.q), 60.0, first_frame=round(60.0 * run.time_s[0]))
    inputs = examine(Request.of(path, other, sl.Parameters()), readers(Plugins())).inputs
    assert inputs is not None
    found = solve_kinematics(inputs)
    for side, leg in other.legs.items():
        theirs = own.legs[side]
        for mine, wanted in (
            (leg.knee_sign * found.q[:, leg.knee], theirs.knee_sign * run.q[:, theirs.knee]),
            (found.q[:, leg.hip_flexion], run.q[:, theirs.hip_flexion]),
            *[
                (m.q[:, model.coordinate(f"ankle_angle_{side}")], run.q[:, own.coordinate(f"ankle_angle_{side}")])
                for m, model in [(found, other)]
            ],
        ):
            apart = np.degrees(mine - wanted)
            assert abs(apart.mean()) < 1.5
            assert apart.std() < 0.25
