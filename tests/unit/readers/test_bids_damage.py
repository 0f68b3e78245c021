"""Side files of a BIDS tree that no program wrote end in one line."""

import gzip
import json
from pathlib import Path

import pytest
from tests.unit.readers.formats import BIDS, EMG_STEM, MOTION, STEM, write_edf

from swinglever.errors import InputError
from swinglever.readers.bids import read_facts, read_rows
from swinglever.readers.emg import read_emg
from swinglever.readers.motion_bids import read_motion


@pytest.mark.parametrize("text", ["{", "[]", "[" * 100_000, '"x"', ""])
def test_facts_that_are_no_object_are_one_line(tmp_path, text):
    (tmp_path / "dataset_description.json").write_text("{}")
    (tmp_path / "sub-1_motion.json").write_text(text)
    with pytest.raises(InputError, match=r"expected (JSON|a JSON object) in") as caught:
        read_facts(tmp_path / "sub-1_motion.tsv", "motion")
    assert "\n" not in str(caught.value)


def test_a_cell_beyond_all_proportion_is_one_line(tmp_path):
    (tmp_path / "sub-1_channels.tsv").write_text(f"name\ttype\n{'x' * 200_000}\tEMG\n")
    with pytest.raises(InputError, match="short cells"):
        read_rows(tmp_path / "sub-1_channels.tsv")


def lay(folder: Path, **changed: bytes) -> Path:
    """Lay out the tree of the fuzz, some files changed by the end of their names; its recording of motion."""
    for name, content in BIDS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        own = next((text for end, text in changed.items() if name.endswith(f"{end}.json")), content)
        (folder / name).write_bytes(own)
    return folder / f"{MOTION}.tsv"


@pytest.mark.parametrize("rate", ["1" + 400 * "0", "1e999", "1e-320", "NaN", "true", '"100"', "[100]", "0.5"])
def test_a_sampling_frequency_that_cannot_be_is_one_line(tmp_path: Path, rate: str) -> None:
    motion = lay(tmp_path, omc_motion=f'{{"SamplingFrequency": {rate}}}'.encode())
    with pytest.raises(InputError, match="expected SamplingFrequency, Hz"):
        read_motion(motion)


@pytest.mark.parametrize("frame", ["5", "[]", '{"Levels": 5}', '{"Levels": {"global": {"SpatialAxes": 5}}}'])
def test_reference_frames_of_another_kind_end_in_one_line_or_tell_no_axes(tmp_path: Path, frame: str) -> None:
    motion = lay(tmp_path, channels=f'{{"reference_frame": {frame}}}'.encode())
    try:
        markers, *_ = read_motion(motion)
    except InputError as error:
        assert "SpatialAxes" in str(error)
    else:
        assert markers is not None


@pytest.mark.parametrize("start", ['"x"', "1e999", "null", "1" + 400 * "0"])
def test_a_start_of_forces_that_cannot_be_is_one_line(tmp_path: Path, start: str) -> None:
    facts = json.loads(BIDS[f"sub-01/motion/{STEM}_physio.json"]) | {"StartTime": 0}
    motion = lay(tmp_path, physio=json.dumps(facts).replace('"StartTime": 0', f'"StartTime": {start}').encode())
    with pytest.raises(InputError, match="expected StartTime"):
        read_motion(motion)


@pytest.mark.parametrize("columns", ["5", '"r_vy"', "null"])
def test_columns_that_are_no_list_hold_no_forces(tmp_path: Path, columns: str) -> None:
    motion = lay(tmp_path, physio=f'{{"SamplingFrequency": 100, "Columns": {columns}}}'.encode())
    assert read_motion(motion)[2] == ()


@pytest.mark.parametrize("text", [b"", b"\n", b"inf\t2\t3\t0\t0\t0\n"])
def test_forces_without_a_row_or_beyond_all_numbers_are_one_line(tmp_path: Path, text: bytes) -> None:
    motion = lay(tmp_path)
    (tmp_path / f"sub-01/motion/{STEM}_physio.tsv.gz").write_bytes(gzip.compress(text))
    with pytest.raises(InputError, match="expected 6 columns of numbers"):
        read_motion(motion)


def test_times_with_and_without_a_zone_are_one_line(tmp_path: Path) -> None:
    lay(tmp_path)
    (tmp_path / f"{EMG_STEM}_emg.edf").write_bytes(write_edf()[0])
    scans = tmp_path / "sub-01" / "sub-01_scans.tsv"
    scans.write_text(scans.read_text().replace("10:00:00\n", "10:00:00Z\n"))
    with pytest.raises(InputError, match="time zone everywhere"):
        read_emg(tmp_path / f"{EMG_STEM}_emg.edf")


def test_markers_beyond_all_numbers_are_one_line(tmp_path: Path) -> None:
    motion = lay(tmp_path)
    motion.write_text("1\t2\t3\n1e999\t2\t3\n")
    with pytest.raises(InputError, match="line 2: expected a number that ends"):
        read_motion(motion)
