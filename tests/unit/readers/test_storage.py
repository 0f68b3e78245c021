"""Every header form of OpenSim's tables is read; what is odd about a table is said."""

import math
from pathlib import Path

import numpy as np
import pytest

from swinglever.errors import InputError, MissingFileError, OutputError, UnknownNameError
from swinglever.readers.storage import read_storage, write_storage

HEADER = "Coordinates\nversion=1\nnRows=2\nnColumns=3\ninDegrees=yes\n\nAngles are in degrees.\n\nendheader\n"
ROWS = "time\tknee_angle_r\thip_flexion_r\n  0.0\t 1.5\t-2\n  0.1\t 2.5\t-3\n"


def make(folder: Path, text: str, name: str = "a.mot", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_opensim_form_gives_name_unit_and_columns(tmp_path):
    table = read_storage(make(tmp_path, HEADER + ROWS))
    assert (table.name, table.in_degrees, table.names) == ("Coordinates", True, ("knee_angle_r", "hip_flexion_r"))
    assert table.time_s.tolist() == [0.0, 0.1]
    assert table.column("hip_flexion_r").tolist() == [-2.0, -3.0]
    assert table.warnings == ()


def test_simm_form_without_degrees_flag_leaves_the_unit_open(tmp_path):
    text = "name run.mot\t\t\ndatacolumns 3\t\t\ndatarows 2\t\t\nrange 0.0 0.1\t\t\nendheader\t\t\n" + ROWS
    table = read_storage(make(tmp_path, text))
    assert (table.name, table.in_degrees, table.warnings) == ("run.mot", None, ())
    assert table.header["range"] == "0.0 0.1"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("endheader\n", "endheader\n\n"),
        lambda text: text.replace("version=1\n", "version=1" + "\t" * 257 + "\n"),
        lambda text: text.replace("nRows=2", "nRows = 2").replace("inDegrees=yes", "indegrees = yes"),
        lambda text: text.replace("endheader\n", "DataType=double\nOpenSimVersion=4.5\nendheader\n"),
        lambda text: text + "\n\n",
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("\t", "   "),
        lambda text: text.replace("\thip_flexion_r", "\thip_flexion_r\t").replace("-2\n", "-2\t\n"),
        lambda text: text.replace("yes\n", "yes,,,\n").replace("endheader\n", "endheader,,,\n"),
        lambda text: text.replace("time\tknee_angle_r", "\"time\"\t'knee_angle_r'").replace("2.5", '"2.5"'),
        lambda text: text.replace("  0.1\t", "# made with care\n  0.1\t") + "// the end\n",
    ],
    ids=[
        *("crlf", "cr", "blank", "tabs", "spaces", "datatype", "blank end", "no end", "no tabs", "trailing tabs"),
        *("a spreadsheet's header", "quotes", "comments"),
    ],
)
def test_layout_does_not_change_the_reading(tmp_path, change):
    plain = read_storage(make(tmp_path, HEADER + ROWS))
    other = read_storage(make(tmp_path, change(HEADER + ROWS), "b.mot"))
    assert (other.names, other.in_degrees) == (plain.names, plain.in_degrees)
    assert np.array_equal(other.values, plain.values)
    assert np.array_equal(other.time_s, plain.time_s)
    assert other.warnings == ()


@pytest.mark.parametrize(("encoding", "word"), [("utf-8-sig", "byte order mark"), ("utf-16", "UTF-16")])
def test_a_byte_order_mark_is_dropped_and_said(tmp_path, encoding, word):
    table = read_storage(make(tmp_path, HEADER + ROWS, encoding=encoding))
    assert table.name == "Coordinates"
    assert word in table.warnings[0]


def test_header_counts_that_lie_are_counted_again_and_said(tmp_path):
    table = read_storage(make(tmp_path, HEADER.replace("nRows=2", "nRows=900") + ROWS))
    assert table.values.shape == (2, 2)
    assert table.warnings == ("a.mot: the header says nRows 900, counted 2; the count is used",)


def test_absolute_labels_are_found_by_coordinate_and_speeds_are_left_out(tmp_path):
    labels = [
        "/jointset/walker_knee_r/knee_angle_r/value",
        "/jointset/walker_knee_r/knee_angle_r/speed",
        "hip_flexion_r",
        "hip_flexion_r_u",
        "/forceset/soleus_r/activation",
    ]
    table = read_storage(write_storage(tmp_path / "a.sto", [0.0, 1.0], labels, np.arange(10).reshape(2, 5)))
    assert table.coordinates() == {"knee_angle_r": 0, "hip_flexion_r": 2}
    assert table.column("knee_angle_r").tolist() == [0.0, 5.0]
    assert table.column(labels[1]).tolist() == [1.0, 6.0]


def test_a_repeated_column_is_kept_once_when_equal_and_never_guessed_when_not(tmp_path):
    text = HEADER + "time\ta\ta\tb\tb\n0\t1\t1\t2\t3\n1\t4\t4\t5\t6\n"
    table = read_storage(make(tmp_path, text.replace("nColumns=3", "nColumns=5")))
    assert (table.names, table.ambiguous) == (("a",), ("b",))
    assert any("'a' appears 2 times (2, 3) with the same values" in text for text in table.warnings)
    assert any("'b' appears 2 times (4, 5) with different values" in text for text in table.warnings)
    with pytest.raises(InputError, match="several columns are called 'b' and differ"):
        table.column("b")


def test_a_repeated_time_keeps_its_last_row(tmp_path):
    table = read_storage(make(tmp_path, HEADER + "time\ta\n0\t1\n0.1\t2\n0.1\t3\n0.2\t4\n"))
    assert table.values[:, 0].tolist() == [1.0, 3.0, 4.0]
    assert any("repeat a time" in text for text in table.warnings)


def test_not_a_number_in_any_spelling_is_nan(tmp_path):
    words = [
        "nan",
        "NaN",
        "-nan(ind)",
        "1.#QNAN",
        "-1.#IND00",
        "NAN",
        "#N/A",
        "NA",
        "null",
        "None",
        "-",
        "--",
        "#DIV/0!",
    ]
    table = read_storage(make(tmp_path, HEADER + "time\ta\n" + "".join(f"{i}\t{w}\n" for i, w in enumerate(words))))
    assert np.isnan(table.values).all()


def test_times_that_were_rounded_are_refused_and_single_repeats_are_not(tmp_path):
    times = np.arange(60) / 150.0
    rows = "".join(f"{t:.2f}\t{k}\n" for k, t in enumerate(times))
    with pytest.raises(InputError, match=r"20 of 60 rows repeat the time before; if times were rounded, write them"):
        read_storage(make(tmp_path, HEADER + "time\ta\n" + rows))
    rows = "".join(f"{t:.5f}\t{k}\n" for k, t in enumerate(times)) + f"{times[-1]:.5f}\t61\n"
    assert len(read_storage(make(tmp_path, HEADER + "time\ta\n" + rows)).time_s) == 60


def test_a_row_cut_short_at_the_end_of_the_file_is_left_out_and_said(tmp_path):
    table = read_storage(make(tmp_path, HEADER + ROWS + "0.2\t3"))
    assert len(table.time_s) == 2
    assert any("line 13: cut short" in text for text in table.warnings)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("a\nb\n", "no line 'endheader'"),
        (HEADER, "nothing after the header"),
        (HEADER + "time\ta\n", "no rows"),
        (HEADER + "knee\ttime\n0\t1\n", "expected the first column to be 'time', got 'knee'"),
        (HEADER + "time\t\ta\n0\t1\t2\n", "column 2 has no label"),
        (HEADER + "time\ta\n0\t1\n1\t2\t3\n", r"line 12: expected 2 columns, got 3"),
        (HEADER + "time\ta\tb\n0\t1\t2\n1\t2\n2\t3\t4\n", r"line 12: expected 3 columns, got 2"),
        (HEADER + "time\ta\n0\t1_0\n", r"line 11: expected a number in column 'a', got '1_0'"),
        (HEADER + "time\ta\n0\t1e999\n", r"line 11: an infinite number in column 'a'; leave the cell empty"),
        (HEADER + "time\ta\n0\t-1.#INF\n", r"line 11: an infinite number in column 'a'"),
        (HEADER + "time,a\n0,0,1,5\n", r"line 11: expected 2 columns, got 4; decimal commas beside commas"),
        (HEADER + ROWS + "\n" + HEADER + ROWS, r"line 14: expected 3 columns, got 1 \('Coordinates'\)"),
        (HEADER + "time\ta\n0\tx1\n", r"line 11: expected a number in column 'a', got 'x1'"),
        (HEADER + "time\ta\n0\t0,5\n", r"line 11: decimal comma in '0,5'"),
        (HEADER + "time\ta\n0\t1\n2\t1\n1\t1\n", r"line 13: time falls from 2 to 1 s"),
        (HEADER + "time\ta\n0\t1\nnan\t1\n", r"line 12: the time is not a number"),
        (HEADER + "time\ta\n-1e308\t1\n1e308\t1\n", r"line 11: the time is not a number up to 1e\+12 s"),
        (HEADER.replace("version=1", "DataType=Vec3") + "time\ta\n0\t1,2,3\n", "DataType is 'Vec3'"),
        ("\0\1\2", "not a text file"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_storage(make(tmp_path, text))


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"there is no file .*none\.mot"):
        read_storage(tmp_path / "none.mot")
    with pytest.raises(InputError, match="is a folder"):
        read_storage(tmp_path)


def test_a_column_that_is_not_there_is_answered_with_those_that_are(tmp_path):
    with pytest.raises(UnknownNameError, match=r"no column 'knee'; it has knee_angle_r and hip_flexion_r"):
        read_storage(make(tmp_path, HEADER + ROWS)).column("knee")


def test_the_arrays_of_a_table_are_read_only(tmp_path):
    table = read_storage(make(tmp_path, HEADER + ROWS))
    with pytest.raises(ValueError, match="read-only"):
        table.values[0, 0] = 1.0


def test_writing_and_reading_keeps_every_digit(tmp_path):
    time = np.cumsum(np.random.default_rng(1).uniform(0.001, 0.01, 50))
    values = np.random.default_rng(2).normal(size=(50, 3)) * [1e-9, 1.0, 1e9]
    values[3, 1] = math.nan
    path = write_storage(tmp_path / "a.sto", time, ["a", "b", "c"], values, in_degrees=False, header={"source": "x"})
    table = read_storage(path)
    assert np.array_equal(table.time_s, time)
    assert np.array_equal(table.values, values, equal_nan=True)
    assert (table.in_degrees, table.header["source"], table.warnings) == (False, "x", ())


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    path = make(tmp_path, "old")
    with pytest.raises(ValueError, match="one column of values for each of 2 names"):
        write_storage(path, [0.0], ["a", "b"], [[1.0]])
    with pytest.raises(OutputError, match="cannot write"):
        write_storage(tmp_path / "no such folder" / "a.mot", [0.0], ["a"], [[1.0]])
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_published_tables_are_read_as_they_are(data_file):
    ik = read_storage(data_file("hamner2010_run/reference/subject02_running_ik.mot"))
    assert (ik.values.shape, ik.in_degrees, ik.warnings) == ((599, 37), True, ())
    assert ik.column("knee_angle_r")[0] == -9.22324118  # the file's first row
    forces = read_storage(data_file("hamner2010_run/subject02_running_grf.mot"))
    assert forces.in_degrees is None
    assert forces.warnings == (
        "subject02_running_grf.mot: the header says datarows 901, counted 601; the count is used",
    )
    walk = read_storage(data_file("gait2392_walk/subject01_walk1_ik.mot"))
    assert walk.in_degrees is None
    assert "ground_force_vx" in walk.ambiguous  # columns 148 and 154
    assert walk.column("pelvis_tx")[0] == 0.5897903832585103
