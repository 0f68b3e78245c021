"""A BIDS tree goes in as it is, and its derivatives are BIDS again."""

import gzip
import json
from pathlib import Path
from typing import Any

import edfio
import numpy as np
import pandas as pd
import pytest
from bidsschematools import schema, validator
from click.testing import CliRunner

import swinglever as sl
from swinglever.cli.app import cli
from swinglever.errors import InputError
from swinglever.readers.emg import read_emg
from swinglever.readers.storage import read_storage
from swinglever.readers.trc import read_trc
from swinglever.readers.trial import read_recording
from swinglever.synthetic.trials import bundled_trial

STEM = "sub-01_task-run"
MOTION = "sub-01/motion/sub-01_task-run_tracksys-omc"
TURN = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
"""From OpenSim's axes (rows) to those of the tree: forward, left, up."""
EMG_LATER_S = 0.010


def write_json(path: Path, told: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told))


def write_tree(root: Path) -> Path:
    """Write the bundled swing that the hamstrings pulled as a laboratory with BIDS would: mm, z up, EMG as EDF."""
    trial = bundled_trial("pulled")
    write_json(root / "dataset_description.json", {"Name": "a swing", "BIDSVersion": "1.11.1", "DatasetType": "raw"})
    (root / "README.md").write_text("A synthetic runner, made by swinglever; no person was recorded.\n")
    (root / "participants.tsv").write_text("participant_id\tage\tgroup\tside\nsub-01\t30\tsynthetic\tr\n")
    (root / "sub-01").mkdir()
    (root / "sub-01" / "sub-01_scans.tsv").write_text(
        "filename\tacq_time\n"
        f"motion/{STEM}_tracksys-omc_motion.tsv\t2024-05-09T10:00:00.000\n"
        f"emg/{STEM}_emg.edf\t2024-05-09T10:00:00.010\n"
    )
    write_motion(root)
    write_forces(root / "sub-01" / "motion" / f"{STEM}_recording-plates_physio")
    write_emg(root / "sub-01" / "emg" / f"{STEM}_emg.edf")
    (root / "sourcedata" / "sub-01").mkdir(parents=True)
    (root / "sourcedata" / "sub-01" / "runner.osim").write_bytes(trial.model.read_bytes())
    (root / "sourcedata" / "sub-01" / f"{STEM}_ik.xml").write_bytes(trial.files.ik_setup.read_bytes())
    return root


def write_motion(root: Path) -> None:
    markers = read_trc(bundled_trial("pulled").files.trial)
    position_mm = np.round(1000.0 * markers.position_m @ TURN, 3).reshape(len(markers.time_s), -1)
    (root / MOTION).parent.mkdir(parents=True, exist_ok=True)
    rows = ["\t".join("n/a" if np.isnan(v) else f"{v:.3f}" for v in row) for row in position_mm]
    (root / f"{MOTION}_motion.tsv").write_text("\n".join(rows) + "\n")
    channels = [f"{n}_{a}\t{a}\tPOS\t{n}\tmm\tlab" for n in markers.names for a in "xyz"]
    header = "name\tcomponent\ttype\ttracked_point\tunits\treference_frame"
    (root / f"{MOTION}_channels.tsv").write_text("\n".join([header, *channels]) + "\n")
    frame = {"RotationRule": "right-hand", "SpatialAxes": "FLU"}
    write_json(root / f"{MOTION}_channels.json", {"reference_frame": {"Levels": {"lab": frame}}})
    # Inherited: what holds of every recording of the task stands at the top.
    write_json(root / "task-run_tracksys-omc_motion.json", {"TaskName": "run", "SamplingFrequency": markers.rate_hz})


def write_forces(stem: Path) -> None:
    table = read_storage(bundled_trial("pulled").files.grf)
    text = "\n".join("\t".join(f"{v:g}" for v in row) for row in table.values)
    stem.with_name(f"{stem.name}.tsv.gz").write_bytes(gzip.compress(text.encode()))
    rate = 1.0 / float(np.median(np.diff(table.time_s)))
    facts = {"SamplingFrequency": rate, "StartTime": 0.0, "Columns": list(table.names)}
    write_json(stem.with_name(f"{stem.name}.json"), facts)


def write_emg(path: Path) -> None:
    """EMG that begins a hundredth of a second after the motion, in whole seconds as EDF has it."""
    emg = bundled_trial("pulled").emg
    assert emg is not None
    table = read_emg(emg)
    rate, later = round(table.rate_hz), round(EMG_LATER_S * table.rate_hz)
    path.parent.mkdir(parents=True, exist_ok=True)
    signals, rows = [], []
    for k, name in enumerate(table.names):
        values = np.pad(table.values[later:, k], (0, -(len(table.time_s) - later) % rate))
        limit = float(np.abs(values).max()) or 1.0
        signals.append(edfio.EdfSignal(1e6 * values, rate, label=f"EMG{k}", physical_dimension="uV",
                                       physical_range=(-1e6 * limit, 1e6 * limit)))  # fmt: skip
        rows.append(f"EMG{k}\tEMG\tuV\t{name}")
    edfio.Edf(signals).write(path)
    path.with_name(f"{STEM}_channels.tsv").write_text("\n".join(["name\ttype\tunits\ttarget_muscle", *rows]) + "\n")
    facts = {"TaskName": "run", "SamplingFrequency": rate, "EMGPlacementScheme": "Measured", "EMGReference": "bipolar"}
    facts |= {"PowerLineFrequency": 50, "RecordingType": "continuous", "SoftwareFilters": "n/a"}
    write_json(path.with_suffix(".json"), facts)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tree(tmp_path_factory.mktemp("bids") / "tree")


@pytest.fixture(scope="module")
def derivatives(tree: Path) -> Path:
    """The study of the tree, without any other argument."""
    done = CliRunner().invoke(
        cli, ["study", str(tree), "--workers", "1"], catch_exceptions=False, standalone_mode=False
    )
    assert done.return_value == 0, done.output
    return tree / "derivatives" / "swinglever"


def without_rules(folder: Path) -> list[str]:
    """Files of a data set that the validator's schema has no rule for; ``sourcedata`` may hold anything."""
    found = validator.validate_bids([str(folder)])["path_tracking"]
    return [path for path in found if folder / "sourcedata" not in Path(path).parents]


def test_the_tree_is_bids(tree):
    """By the validator's own rules: every name, the columns of the tables, the fields of the side files."""
    assert without_rules(tree) == []
    rules = schema.load_schema().rules
    columns = rules.tabular_data.motion.motionChannels.columns
    header = (tree / f"{MOTION}_channels.tsv").read_text().split("\n")[0].split("\t")
    required = [name.partition("__")[0] for name, level in columns.items() if level == "required"]
    assert header[: len(required)] == required
    emg = json.loads((tree / "sub-01" / "emg" / f"{STEM}_emg.json").read_text())
    assert {name for name, level in rules.sidecars.emg.EMGRequired.fields.items() if level == "required"} <= set(emg)


def test_a_name_that_is_not_bids_is_seen(tree):
    """The test above can fail."""
    stranger = tree / "sub-01" / "motion" / "walking.tsv"
    stranger.touch()
    try:
        assert without_rules(tree) == [str(stranger)]
    finally:
        stranger.unlink()


def test_markers_forces_and_emg_come_back_as_they_were(tree):
    trial, was = read_recording(tree / f"{MOTION}_motion.tsv"), bundled_trial("pulled")
    markers = read_trc(was.files.trial)
    assert trial.markers is not None
    assert trial.markers.names == markers.names
    assert np.abs(trial.markers.position_m - markers.position_m).max() < 1e-6  # a thousandth of a millimetre was kept
    assert np.abs(trial.time_s - markers.time_s).max() < 1e-6
    assert [force.name for force in trial.ground_forces] == ["ground_force_r", "ground_force_l"]
    assert max(force.force_n[:, 1].max() for force in trial.ground_forces) > 1000.0
    assert was.emg is not None
    emg, before = read_emg(tree / "sub-01" / "emg" / f"{STEM}_emg.edf"), read_emg(was.emg)
    assert emg.names == before.names
    assert emg.time_s[0] == pytest.approx(EMG_LATER_S)
    there = np.interp(emg.time_s, before.time_s, before.values[:, 0])
    inside = emg.time_s <= before.time_s[-1]
    step = 1e6 * np.ptp(before.values[:, 0]) / 2**15  # sixteen bits
    assert np.abs(emg.values[inside, 0] - 1e6 * there[inside]).max() <= 2 * step


def test_the_result_is_that_of_the_files_the_tree_was_made_of(tree, derivatives):
    was = bundled_trial("pulled")
    files = {"grf": was.files.grf, "ik_setup": was.files.ik_setup, "emg": was.emg}
    (swing,) = sl.analyse(was.files.trial, was.model, **files).swings
    events = pd.read_csv(derivatives / f"{MOTION}_events.tsv", sep="\t", na_values="n/a", keep_default_na=False)
    assert len(events) == 1
    assert events["onset"][0] == pytest.approx(swing.toe_off_s, abs=1e-4)
    assert events["duration"][0] == pytest.approx(swing.foot_strike_s - swing.toe_off_s, abs=1e-4)
    assert events["peak_flexion_deg"][0] == pytest.approx(swing.peak_flexion_deg, abs=0.01)
    assert (events["verdict"][0], events["evidence"][0]) == (swing.verdict, swing.evidence)
    swings = pd.read_csv(derivatives / "swings.csv", dtype=str)
    told = ["subject", "condition", "tracksys", "age", "group", "participant_side"]
    assert list(swings.loc[0, told]) == ["01", "run", "omc", "30.0", "synthetic", "r"]


def test_the_derivatives_are_bids(derivatives):
    assert without_rules(derivatives) == []
    told = json.loads((derivatives / "dataset_description.json").read_text())
    assert (told["DatasetType"], told["GeneratedBy"][0]["Name"]) == ("derivative", "swinglever")
    events = pd.read_csv(derivatives / f"{MOTION}_events.tsv", sep="\t")
    described = json.loads((derivatives / f"{MOTION}_events.json").read_text())
    assert set(described) == set(events.columns)
    assert list(events.columns[:3]) == ["onset", "duration", "trial_type"]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (f"{MOTION}_channels.tsv", "\tmm\t", "\tinch\t", "in m, cm or mm, got 'inch'"),
        (f"{MOTION}_channels.tsv", "POS", "ACCEL", "expected channels of the type POS or JNTANG"),
        (f"{MOTION}_channels.tsv", "units", "unit", "expected a column 'units'"),
        (f"{MOTION}_channels.json", "FLU", "FLX", "expected three letters such as FRU"),
        ("task-run_tracksys-omc_motion.json", "SamplingFrequency", "Rate", "expected SamplingFrequency, Hz"),
        (f"{MOTION}_motion.tsv", "\n", "\t1\n", "line 1: expected"),
        (f"{MOTION}_motion.tsv", "\t", "\tx", "line 1: could not convert"),
    ],
)
def test_a_fault_of_the_tree_is_told_in_one_line(tmp_path, name, old, new, said):
    root = tmp_path / "tree"
    write_json(root / "dataset_description.json", {"Name": "a swing"})
    write_motion(root)
    path = root / name
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(InputError) as told:
        read_recording(root / f"{MOTION}_motion.tsv")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def write_a_point(root: Path, rows: list[str]) -> Path:
    """Write a recording of one point with a time in every row, without a word about its axes."""
    write_json(root / "dataset_description.json", {"Name": "a point"})
    (root / MOTION).parent.mkdir(parents=True, exist_ok=True)
    channels = ["time\tn/a\tLATENCY\tn/a\ts", *(f"P_{axis}\t{axis}\tPOS\tP\tm" for axis in "xyz")]
    text = "\n".join(["name\tcomponent\ttype\ttracked_point\tunits", *channels])
    (root / f"{MOTION}_channels.tsv").write_text(text + "\n")
    write_json(root / f"{MOTION}_motion.json", {"SamplingFrequency": 100})
    path = root / f"{MOTION}_motion.tsv"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_a_point_that_lacks_a_coordinate_is_missing(tmp_path):
    rows = ["0\t1\t2\t3", "0.01\t1\tn/a\t3", "0.02\t1\t2\t3"]
    markers = read_recording(write_a_point(tmp_path, rows)).markers
    np.testing.assert_array_equal(np.isnan(markers.position_m[:, 0]), [[False] * 3, [True] * 3, [False] * 3])


def test_a_row_without_its_time_is_refused(tmp_path):
    with pytest.raises(InputError, match="expected a time in every row of the LATENCY channel"):
        read_recording(write_a_point(tmp_path, ["0\t1\t2\t3", "n/a\t1\t2\t3", "0.02\t1\t2\t3"]))
