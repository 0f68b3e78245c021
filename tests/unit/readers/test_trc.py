"""Marker files are read rightly or refused with the place of the fault."""

from pathlib import Path

import numpy as np
import pytest
from tests.unit.readers.formats import TRC

from swinglever.errors import InputError, UnknownNameError
from swinglever.readers.trc import read_trc, write_trc
from swinglever.records.trial import Markers

KEYS = "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames"


def trc_text(
    *,
    values: str = "100\t100\t3\t2\tmm\t100\t1\t3",
    labels: str = "Frame#\tTime\tRASI\t\t\tLASI\t\t",
    rows: str = "1\t0.00\t1\t2\t3\t4\t5\t6\n2\t0.01\t1\t2\t3\t4\t5\t7\n3\t0.02\t1\t2\t3\t4\t5\t8\n",
) -> str:
    axes = "\t\tX1\tY1\tZ1\tX2\tY2\tZ2"
    return f"PathFileType\t4\t(X/Y/Z)\ta.trc\n{KEYS}\n{values}\n{labels}\n{axes}\n\n{rows}"


def make(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "a.trc"
    path.write_bytes(text.encode(encoding))
    return path


def test_millimetres_become_metres(tmp_path):
    markers = read_trc(make(tmp_path, trc_text()))
    assert (markers.names, markers.rate_hz, markers.units, markers.warnings) == (("RASI", "LASI"), 100.0, "mm", ())
    assert markers.marker("LASI")[:, 2] == pytest.approx([0.006, 0.007, 0.008], rel=1e-15)


def test_a_header_padded_with_second_tabs_is_read_as_without(tmp_path):
    padded = "  100.0\t\t  100.0\t\t 3\t\t 2\t\t m\t\t 100\t\t 1\t\t 3"
    markers = read_trc(make(tmp_path, trc_text(values=padded)))
    assert (markers.rate_hz, markers.units, markers.warnings) == (100.0, "m", ())


def test_quotes_around_fields_and_words_for_unseen_markers_are_read(tmp_path):
    rows = '1\t0.00\t1\t2\t3\t#N/A\t#N/A\t#N/A\n2\t0.01\t1\t2\t3\t-\t-\t-\n3\t0.02\t1\t2\t3\t4\t5\t"8"\n'
    markers = read_trc(make(tmp_path, trc_text(labels='"Frame#"\tTime\t"RASI"\t\t\tLASI\t\t', rows=rows)))
    assert (markers.names, markers.warnings) == (("RASI", "LASI"), ())
    assert np.isnan(markers.marker("LASI")).all(axis=1).tolist() == [True, True, False]
    assert markers.marker("LASI")[2].tolist() == [0.004, 0.005, 0.008]


def test_a_file_of_one_row_is_read(tmp_path):
    markers = read_trc(
        make(tmp_path, trc_text(values="100\t100\t1\t2\tmm\t100\t1\t1", rows="1\t0.5\t1\t2\t3\t4\t5\t6\n"))
    )
    assert (markers.time_s.tolist(), markers.rate_hz) == ([0.5], 100.0)


@pytest.mark.parametrize(("units", "scale"), [("m", 1.0), ("cm", 0.01), ("MM", 0.001), (" Meters ", 1.0)])
def test_every_usual_unit_is_known(tmp_path, units, scale):
    markers = read_trc(make(tmp_path, trc_text(values=f"100\t100\t3\t2\t{units}\t100\t1\t3")))
    assert markers.position_m[0, 0].tolist() == [1 * scale, 2 * scale, 3 * scale]


def test_times_rounded_to_milliseconds_are_rebuilt_from_the_rate(tmp_path):
    rows = "".join(f"{k + 1}\t{k / 60:.3f}\t1\t2\t3\t4\t5\t6\n" for k in range(7, 100))
    markers = read_trc(make(tmp_path, trc_text(values="60\t60\t93\t2\tmm\t60\t1\t93", rows=rows)))
    assert markers.time_s == pytest.approx(np.arange(7, 100) / 60, abs=1e-12)
    assert (markers.rate_hz, markers.warnings) == (60.0, ())


def test_a_rate_that_lies_is_replaced_by_the_times_and_said(tmp_path):
    rows = "".join(f"{k + 1}\t{k / 60:.3f}\t1\t2\t3\t4\t5\t6\n" for k in range(100))
    markers = read_trc(make(tmp_path, trc_text(values="100\t100\t100\t2\tmm\t100\t1\t100", rows=rows)))
    assert markers.rate_hz == pytest.approx(60.0, rel=1e-3)  # a millisecond's rounding over 1.65 s
    assert "DataRate '100', the times say 60 Hz" in markers.warnings[0]


def test_a_jump_in_time_is_kept_and_said(tmp_path):
    rows = "".join(f"{k + 1}\t{k / 100 + (k > 50):.3f}\t1\t2\t3\t4\t5\t6\n" for k in range(100))
    markers = read_trc(make(tmp_path, trc_text(values="100\t100\t100\t2\tmm\t100\t1\t100", rows=rows)))
    assert markers.time_s[51] - markers.time_s[50] == pytest.approx(1.01)
    assert "line 58: uneven times (a step of 1.01 s where others are 0.01 s)" in markers.warnings[0]


def test_blank_and_zero_markers_are_missing(tmp_path):
    rows = "1\t0.00\t\t\t\t4\t5\t6\n2\t0.01\t0\t0\t0\t4\t5\t6\n3\t0.02\t1\t2\t3\n"
    markers = read_trc(make(tmp_path, trc_text(rows=rows)))
    missing = np.isnan(markers.position_m)
    assert missing.all(axis=2).tolist() == [[True, False], [True, False], [False, True]]
    assert missing.any(axis=2).tolist() == missing.all(axis=2).tolist()
    assert markers.warnings == ("a.trc: marker RASI is exactly 0, 0, 0 in rows 2; treated as missing",)


def test_a_marker_with_one_blank_coordinate_is_missing_as_a_whole(tmp_path):
    markers = read_trc(make(tmp_path, trc_text(rows="1\t0.0\t1\t\t3\t4\t5\t6\n")))
    assert np.isnan(markers.marker("RASI")).all()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("mm\t100\t1\t3", "mm\t100\t1\t3\t\t\t\t"),
        lambda text: text.replace("Z2\n\n", "Z2\n"),
        lambda text: text.replace("Z2\n\n", "Z2\t\t\n\t\t\t\n"),
        lambda text: text.replace("RASI\t\t\tLASI\t\t", "RASI\tLASI"),
        lambda text: text.replace("RASI\t\t\tLASI", " RASI \t\t\tLASI"),
        lambda text: text.replace("4\t5\t6\n", "4\t5\t6\t\t\n"),
        lambda text: text.replace("100\t1\t3", "100.00\t23\t128"),
    ],
    ids=["crlf", "tabs", "no blank", "blank tabs", "packed labels", "padded", "row tabs", "original frames"],
)
def test_layout_does_not_change_the_reading(tmp_path, change):
    plain = read_trc(make(tmp_path, trc_text()))
    other = read_trc(make(tmp_path, change(trc_text())))
    assert (other.names, other.rate_hz, other.warnings) == (plain.names, plain.rate_hz, ())
    assert np.array_equal(other.position_m, plain.position_m)


def test_a_byte_order_mark_is_dropped_and_said(tmp_path):
    markers = read_trc(make(tmp_path, trc_text(), "utf-8-sig"))
    assert markers.names == ("RASI", "LASI")
    assert "byte order mark" in markers.warnings[0]


def test_header_counts_that_lie_are_counted_again_and_said(tmp_path):
    markers = read_trc(make(tmp_path, trc_text(values="100\t100\t7\t5\tmm\t100\t1\t3")))
    assert markers.position_m.shape == (3, 2, 3)
    assert [text.split("says ")[1] for text in markers.warnings] == [
        "NumFrames '7', counted 3; the count is used",
        "NumMarkers '5', counted 2; the count is used",
    ]


def test_units_may_be_given_where_the_header_has_none(tmp_path):
    path = make(tmp_path, trc_text(values="100\t100\t3\t2\t\t100\t1\t3"))
    assert read_trc(path, units="mm").position_m[0, 0, 0] == 0.001
    with pytest.raises(InputError, match=r"Units \(line 3\) is empty; expected mm, cm or m"):
        read_trc(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (trc_text(values="100\t100\t3\t2\tfurlong\t100\t1\t3"), r"Units \(line 3\) is 'furlong'"),
        (trc_text(labels="Frame#\tTime\tRASI\t\t\tRASI\t\t"), r"'RASI' appears twice \(as marker 1 and marker 2\)"),
        (trc_text(labels="Frame#\tTime\tRASI\t\t\t\t\t\tLASI"), "marker 2 has no name"),
        (trc_text(labels="Frame#\tTime"), "no marker names"),
        (trc_text(labels="Nothing"), "no line that begins with 'Frame#'"),
        (trc_text(rows=""), "no rows of data"),
        (trc_text(rows="1\t0,00\t1\t2\t3\t4\t5\t6\n"), r"line 7: decimal comma in '0,00' \(column 'time'\)"),
        (trc_text(rows="1\t0.0\t1\t2\t3\t4\t5\tbad\n"), r"line 7: expected a number in column 'LASI z', got 'bad'"),
        (trc_text(rows="1\t0.0\t1\t2\t3\t4\t5\t6\t7\n"), r"line 7: expected 8 columns, got 9"),
        (trc_text(rows="1\t0.1\t1\t2\t3\t4\t5\t6\n2\t0.1\t1\t2\t3\t4\t5\t6\n"), r"line 8: time does not rise"),
        (trc_text(rows="1\t0\t1\t2\t3\t4\t5\t6\n2\t1e-320\t1\t2\t3\t4\t5\t6\n"), r"line 8: time does not rise"),
        (trc_text(rows="1\t\t1\t2\t3\t4\t5\t6\n"), r"line 7: the time is not a number"),
        (
            trc_text(rows="1\t-1e307\t1\t2\t3\t4\t5\t6\n2\t1e307\t1\t2\t3\t4\t5\t6\n"),
            r"line 7: the time is not a number up",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_trc(make(tmp_path, text))


def test_a_marker_that_is_not_there_is_answered_with_those_that_are(tmp_path):
    with pytest.raises(UnknownNameError, match=r"no marker 'RASIS'; it has RASI and LASI"):
        read_trc(make(tmp_path, trc_text())).marker("RASIS")


def test_writing_and_reading_gives_back_the_same_trajectories(tmp_path):
    position = np.random.default_rng(3).normal(size=(20, 4, 3))
    position[5:8, 2] = np.nan
    markers = Markers(
        path=tmp_path / "x.c3d",
        time_s=0.5 + np.arange(20) / 150,
        names=("a", "b", "c", "d"),
        position_m=position,
        rate_hz=150.0,
        units="m",
    )
    for units in ("m", "mm"):
        back = read_trc(write_trc(tmp_path / "b.trc", markers, units=units))
        assert (back.names, back.rate_hz, back.warnings) == (markers.names, 150.0, ())
        assert back.position_m == pytest.approx(position, abs=1e-15, nan_ok=True)  # mm and back: one rounding
        assert back.time_s == pytest.approx(markers.time_s, abs=1e-15)


def test_published_trials_are_read_as_they_are(data_file):
    running = read_trc(data_file("hamner2010_run/subject02_running.trc"))
    assert (running.position_m.shape, running.rate_hz) == ((600, 41, 3), 60.0)
    assert running.position_m[0, 0].tolist() == pytest.approx([0.8090094, 1.03451831, -0.06461081], abs=1e-12)
    assert running.time_s[-1] == pytest.approx(599 / 60, abs=1e-12)
    assert [text.partition(": ")[2] for text in running.warnings] == [
        "marker L.Bicep is exactly 0, 0, 0 in rows 1-600; treated as missing"
    ]
    static = read_trc(data_file("fukuchi2017_run/RBDS020/RBDS020static.trc"))
    assert (static.position_m.shape, static.rate_hz, static.warnings) == ((150, 48, 3), 150.0, ())


def test_pieces_of_one_marker_that_do_not_overlap_are_joined_and_told(tmp_path):
    rows = "1\t0.00\t1\t2\t3\t\t\t\n2\t0.01\t\t\t\t4\t5\t7\n3\t0.02\t\t\t\t4\t5\t8\n"
    markers = read_trc(make(tmp_path, trc_text(labels="Frame#\tTime\tRASI\t\t\tRASI\t\t", rows=rows)))
    assert markers.names == ("RASI",)
    assert markers.position_m[:, 0, 0].tolist() == [0.001, 0.004, 0.004]
    assert "marker RASI came in 2 pieces that do not overlap; joined" in markers.warnings[0]


def test_copies_of_one_marker_are_kept_once_and_told(tmp_path):
    rows = "1\t0.00\t1\t2\t3\t1\t2\t3\n2\t0.01\t1\t2\t4\t1\t2\t4\n"
    markers = read_trc(make(tmp_path, trc_text(labels="Frame#\tTime\tRASI\t\t\tRASI\t\t", rows=rows)))
    assert (markers.names, markers.position_m.shape) == (("RASI",), (2, 1, 3))
    assert "marker RASI came 2 times with the same places; one is kept" in markers.warnings[-1]


def test_one_number_three_times_is_no_place(tmp_path):
    rows = "1\t0.00\t1\t2\t3\t4\t5\t6\n2\t0.01\t-9999\t-9999\t-9999\t4\t5\t7\n3\t0.02\t1\t2\t3\t4\t5\t8\n"
    markers = read_trc(make(tmp_path, trc_text(values="100\t100\t3\t2\tm\t100\t1\t3", rows=rows)))
    assert np.isnan(markers.marker("RASI")[1]).all()
    assert "RASI is exactly -9999, -9999, -9999 in rows 2; treated as missing" in markers.warnings[0]


@pytest.mark.parametrize(
    ("change", "encoding", "said"),
    [
        (lambda text: text.replace("\t", ";"), "utf-8", "fields separated by semicolons; read as such"),
        (lambda text: text.replace("\t", ","), "utf-8", "fields separated by commas; read as such"),
        (lambda text: text.replace("\t", ";").replace(".", ","), "utf-8", "semicolons, with decimal commas; read"),
        (lambda text: text, "utf-16-le", "UTF-16 without a byte order mark"),
        (lambda text: text, "utf-16-be", "UTF-16 without a byte order mark"),
        (lambda text: text, "utf-32", "UTF-32 with a byte order mark"),
    ],
)
def test_other_separators_and_wide_letters_are_read_and_told(tmp_path, change, encoding, said):
    markers = read_trc(make(tmp_path, change(trc_text()), encoding))
    assert np.array_equal(markers.position_m, read_trc(make(tmp_path, trc_text())).position_m)
    assert said in markers.warnings[0]


def test_trajectories_without_a_name_after_the_last_marker_are_left_out_and_told(tmp_path):
    rows = "".join(f"{k + 1}\t{k / 100:.2f}\t1\t2\t3\t4\t5\t6\t7\t8\t9\n" for k in range(3))
    markers = read_trc(make(tmp_path, trc_text(rows=rows)))
    assert (markers.names, markers.position_m[0, 1].tolist()) == (("RASI", "LASI"), [0.004, 0.005, 0.006])
    assert "1 unnamed trajectories after the last marker are left out" in markers.warnings[0]


def test_a_row_that_is_cut_inside_the_file_is_a_gap_of_every_marker_and_told(tmp_path):
    rows = "1\t0.00\t1\t2\t3\t4\t5\t6\n2\t0.01\t1\t2\t3\t4\t5\t7\n3\t0.02\t1\t2\t3\t4\n4\t0.03\t1\t2\t3\t4\t5\t8\n"
    markers = read_trc(make(tmp_path, trc_text(values="100\t100\t4\t2\tmm\t100\t1\t4", rows=rows)))
    assert np.isnan(markers.position_m[2]).all()
    assert np.isfinite(markers.position_m[[0, 1, 3]]).all()
    assert "line 9: cut after 6 of 8 fields; its markers are a gap" in markers.warnings[0]


@pytest.mark.parametrize("rate", ["1e308", "1e999", "-5", "nan", "5e-324"])
def test_a_rate_that_no_camera_has_is_not_believed(tmp_path, rate):
    path = tmp_path / "a.trc"
    path.write_bytes(TRC.replace(b"\n100\t100\t", f"\n{rate}\t100\t".encode(), 1))
    assert read_trc(path).rate_hz == pytest.approx(100.0)
