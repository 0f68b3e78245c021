"""Recordings come in metres and OpenSim's axes whatever their own; a damaged file never ends the program."""

import pickle
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from swinglever.errors import InputError, MissingFileError
from swinglever.readers.c3d import read_analog, read_c3d
from swinglever.readers.trial import read_recording
from swinglever.records.foot_event import FootEvent

NAMES = ["RASI", "LASI", "RPSI", "LPSI", "RHEE", "LHEE", "RTOE", "LTOE"]
# A body that faces +x with y up and z to its right, in metres: what OpenSim wants.
BODY = np.array(
    [
        [0.10, 1.00, 0.12],
        [0.10, 1.00, -0.12],
        [-0.08, 1.02, 0.05],
        [-0.08, 1.02, -0.05],
        [-0.05, 0.04, 0.10],
        [-0.05, 0.04, -0.10],
        [0.18, 0.03, 0.10],
        [0.18, 0.03, -0.10],
    ]
)
# Rows are the recording's x, y, z in OpenSim's axes.
Z_UP_FACING_Y = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]])
Z_UP_FACING_MINUS_X = np.array([[-1, 0, 0], [0, 0, 1], [0, 1, 0]])


def write_c3d(
    path: Path, position_m: np.ndarray, names=NAMES, *, events=(), units="mm", first_frame=0, extra=(), analog=None
) -> Path:
    call = pickle.dumps((str(path), position_m, list(names), list(events), units, first_frame, list(extra), analog))
    subprocess.run([sys.executable, Path(__file__).with_name("c3d_writer.py")], input=call, check=True, timeout=600)
    return path


def moving_body(n_frames: int = 20) -> np.ndarray:
    return BODY + np.linspace(0, 0.01, n_frames)[:, None, None]


@pytest.mark.parametrize("lab", [np.eye(3), Z_UP_FACING_Y, Z_UP_FACING_MINUS_X], ids=["opensim", "z up", "z up, -x"])
def test_every_lab_gives_the_same_body(tmp_path, lab):
    recording = read_c3d(write_c3d(tmp_path / "a.c3d", moving_body() @ lab.T))
    # Positions are stored as 32-bit numbers of mm: 1000 mm to 6e-5 mm.
    assert recording.markers.position_m == pytest.approx(moving_body(), abs=1e-7)
    assert recording.rotation @ lab == pytest.approx(np.eye(3), abs=0)


def test_a_turn_is_said_with_its_reason(tmp_path):
    recording = read_c3d(write_c3d(tmp_path / "a.c3d", moving_body() @ Z_UP_FACING_Y.T))
    turned = "a.c3d: turned to OpenSim's axes: +z is up (by the markers), +y is forward"
    assert recording.markers.warnings == (turned,)


def test_units_come_from_the_file_or_from_the_caller(tmp_path):
    path = write_c3d(tmp_path / "a.c3d", moving_body(), units="m")
    assert read_c3d(path).markers.position_m == pytest.approx(moving_body(), abs=1e-7)
    path = write_c3d(tmp_path / "b.c3d", moving_body(), units="")
    assert read_c3d(path, units="mm").markers.position_m == pytest.approx(moving_body(), abs=1e-7)
    with pytest.raises(InputError, match="POINT:UNITS is empty; expected mm, cm or m"):
        read_c3d(path)


def test_zeros_are_missing_and_said(tmp_path):
    position = moving_body()
    position[3:6, 2] = 0.0
    markers = read_c3d(write_c3d(tmp_path / "a.c3d", position)).markers
    assert np.isnan(markers.marker("RPSI")).all(axis=1).nonzero()[0].tolist() == [3, 4, 5]
    assert "marker RPSI is exactly 0, 0, 0 in rows 4-6" in markers.warnings[0]


def test_the_clock_starts_at_the_first_frame(tmp_path):
    markers = read_c3d(write_c3d(tmp_path / "a.c3d", moving_body(), first_frame=50)).markers
    assert markers.time_s[0] == pytest.approx(0.5)
    assert markers.rate_hz == 100.0


def test_descriptions_name_the_markers_where_labels_were_cut_short(tmp_path):
    cut = [name[:1] for name in NAMES]
    assert len(set(cut)) < len(cut)
    path = write_c3d(tmp_path / "a.c3d", moving_body(), cut, extra=[("POINT", "DESCRIPTIONS", NAMES)])
    assert list(read_c3d(path).markers.names) == NAMES
    path = write_c3d(tmp_path / "b.c3d", moving_body(), cut, extra=[("POINT", "DESCRIPTIONS", [""] * len(cut))])
    with pytest.raises(InputError, match="appears twice"):
        read_c3d(path)


def test_descriptions_name_the_markers_whose_labels_are_their_first_letters(tmp_path):
    whole = [f"{name}_lateral" for name in NAMES]
    path = write_c3d(tmp_path / "a.c3d", moving_body(), NAMES, extra=[("POINT", "DESCRIPTIONS", whole)])
    assert list(read_c3d(path).markers.names) == whole
    # Other words are no names.
    told = [f"the marker {name}" for name in NAMES]
    path = write_c3d(tmp_path / "b.c3d", moving_body(), NAMES, extra=[("POINT", "DESCRIPTIONS", told)])
    assert list(read_c3d(path).markers.names) == NAMES


def test_a_file_that_only_names_rotations_says_what_to_export(tmp_path):
    rotations = [("ROTATION", "LABELS", ["pelvis", "shank"])]
    path = write_c3d(tmp_path / "a.c3d", moving_body(), ["*1"] * len(NAMES), extra=rotations)
    with pytest.raises(InputError, match=r"no labelled markers .*2 rotations of segments none can.*\); export markers"):
        read_c3d(path)


def test_unlabelled_points_and_model_outputs_are_left_out(tmp_path):
    position = np.concatenate([moving_body(), np.ones((20, 2, 3))], axis=1)
    path = write_c3d(
        tmp_path / "a.c3d", position, [*NAMES, "*113", "LKneeAngles"], extra=[("POINT", "ANGLES", ["LKneeAngles"])]
    )
    markers = read_c3d(path).markers
    assert list(markers.names) == NAMES
    assert "2 points without a marker's name" in markers.warnings[0]


def test_events_of_every_naming_style_become_one(tmp_path):
    events = [
        ("Foot Strike", "Right", 0.02),
        ("Foot Off", "Left", 0.05),
        ("RTO", "General", 0.08),
        ("lHS", "", 0.11),
        ("Right:Foot Strike", "General", 0.15),
        ("IC", "Left", 0.17),
        ("Event", "General", 0.18),
    ]
    found = read_c3d(write_c3d(tmp_path / "a.c3d", moving_body(), events=events)).events
    assert [(e.side, e.kind) for e in found] == [
        ("r", "foot_strike"),
        ("l", "toe_off"),
        ("r", "toe_off"),
        ("l", "foot_strike"),
        ("r", "foot_strike"),
        ("l", "foot_strike"),
    ]
    assert [e.time_s for e in found] == pytest.approx([0.02, 0.05, 0.08, 0.11, 0.15, 0.17], abs=1e-6)  # 32-bit times
    assert all(isinstance(e, FootEvent) for e in found)


def test_a_trial_brings_the_events_that_its_file_labels(tmp_path):
    path = write_c3d(tmp_path / "a.c3d", moving_body(), events=[("Foot Off", "Left", 0.05), ("IC", "Left", 0.17)])
    assert [(e.side, e.kind) for e in read_recording(path).events] == [("l", "toe_off"), ("l", "foot_strike")]


def test_events_that_are_not_used_are_told(tmp_path):
    events = [
        ("Foot Off", "General", 0.1),
        ("Start", "Right", 0.0),
        ("RON", "General", 0.05),
        ("Foot Off", "Left", 0.1),
    ]
    recording = read_c3d(write_c3d(tmp_path / "a.c3d", moving_body(), events=events))
    assert [(event.side, event.kind) for event in recording.events] == [("r", "foot_strike"), ("l", "toe_off")]
    told = "a.c3d: events that name no foot strike or toe-off of a side are not used: 'Foot Off' (General) and 'Start'"
    assert [text for text in recording.markers.warnings if text.startswith(told)]


def test_plates_that_cannot_be_read_are_told_with_what_to_do(tmp_path):
    channels = ([f"C{k}" for k in range(6)], ["N"] * 6, np.ones((40, 6)), 2)
    path = write_c3d(tmp_path / "a.c3d", moving_body(), extra=[("FORCE_PLATFORM", "USED", [1])], analog=channels)
    (told,) = (text for text in read_c3d(path).markers.warnings if "platforms" in text)
    assert told.startswith("a.c3d: the force platforms cannot be read and are left out (USED")
    assert told.endswith("; give their forces as a table with --grf, or export the plates as type 2")


def test_a_first_frame_beyond_what_the_header_holds_is_that_of_trial(tmp_path):
    first = 70_000
    field = [("TRIAL", "ACTUAL_START_FIELD", np.array([(first + 1) & 0xFFFF, (first + 1) >> 16], dtype=float))]
    path = write_c3d(tmp_path / "a.c3d", moving_body(), first_frame=first & 0xFFFF, extra=field)
    assert read_c3d(path).markers.time_s[0] == pytest.approx(first / 100.0)
    # A field that says another frame than the header's is not believed.
    path = write_c3d(tmp_path / "b.c3d", moving_body(), first_frame=50, extra=field)
    assert read_c3d(path).markers.time_s[0] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("run.mvnx", r"got 'run\.mvnx' \(\.mvnx\); export markers as \.c3d or \.trc"),
        ("run.tsv", r"expected a \.tsv of Motion-BIDS .*, got 'run\.tsv'; export markers as \.c3d or \.trc"),
        ("run.osim", "that is a model: give it with --model"),
        ("run.trc.gz", "unpack it first"),
    ],
)
def test_what_another_program_keeps_is_refused_with_what_to_export(tmp_path, name, words):
    (tmp_path / name).write_text("NO_OF_FRAMES\t2\n")
    with pytest.raises(InputError, match=words):
        read_recording(tmp_path / name)


def test_a_repeated_marker_is_refused(tmp_path):
    path = write_c3d(tmp_path / "a.c3d", moving_body(), ["RASI", *NAMES[:1], *NAMES[2:]])
    with pytest.raises(InputError, match="'RASI' appears twice"):
        read_c3d(path)


@pytest.mark.parametrize("content", [b"", b"\x02\x50", b"PathFileType\t4\n" * 100, b"\x02\x50" + b"\xff" * 2000])
def test_what_is_no_c3d_file_is_refused(tmp_path, content):
    path = tmp_path / "a.c3d"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.c3d"):
        read_c3d(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"there is no file .*a\.c3d"):
        read_c3d(tmp_path / "a.c3d")


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_gives_our_error_or_a_reading_of_the_right_shape(tmp_path, seed):
    path = write_c3d(tmp_path / "a.c3d", moving_body())
    content, chance = bytearray(path.read_bytes()), random.Random(seed)
    if seed % 3 == 0:
        content = content[: chance.randrange(len(content))]
    for _ in range(chance.randrange(1, 8)):
        content[chance.randrange(min(len(content), 2048))] = chance.randrange(256)
    path.write_bytes(content)
    try:
        markers = read_c3d(path).markers
    except InputError as error:
        assert "a.c3d" in str(error)
    else:
        assert markers.position_m.shape == (len(markers.time_s), len(markers.names), 3)


def test_a_treadmill_run_has_markers_and_the_belts_force(data_file):
    recording = read_c3d(data_file("fukuchi2017_run/RBDS020/RBDS020runT35.c3d"))
    markers, (belt,) = recording.markers, recording.platforms
    assert (markers.position_m.shape, markers.rate_hz) == ((4500, 33, 3), 150.0)
    assert np.array_equal(recording.rotation, np.eye(3))  # the laboratory's axes are OpenSim's already
    assert "L.ASIS is exactly 0, 0, 0 in rows 2506-2509, 2582" in markers.warnings[0]
    # Channel 3 is the vertical force, upwards negative, 1000 N a volt (the calibration matrix of the file).
    assert belt.force_n[:, 1] == pytest.approx(-1000.0 * recording.analog.values[:, 2], abs=1e-6)
    assert len(belt.time_s) == 9000
    assert belt.time_s[-1] == pytest.approx(8999 / 300)
    # In mid-stance the centre of pressure lies under the foot: near the lowest fore-foot marker, seen from above.
    fore = np.stack([markers.marker("R.MT5"), markers.marker("L.MT5")])
    centre, force = belt.centre_of_pressure_m[::2], belt.force_n[::2, 1]
    stance = force > 0.9 * force.max()
    lower = fore[fore[:, :, 1].argmin(axis=0), np.arange(4500)]
    distance = np.hypot(*(centre - lower)[stance][:, [0, 2]].T)
    assert np.median(distance) < 0.12  # half a foot's length; 0.09 m measured


def turned_round(raw: bytes) -> bytes:
    """An Intel file as a Silicon Graphics machine would have written it: every number's bytes the other way round."""
    out, start = bytearray(raw), (raw[0] - 1) * 512
    out[start + 3] = 86

    def turn(at: int, size: int, count: int = 1) -> None:
        for k in range(count):
            out[at + k * size : at + (k + 1) * size] = raw[at + k * size : at + (k + 1) * size][::-1]

    for at in (2, 4, 6, 8, 10, 16, 18):
        turn(at, 2)
    for at in (12, 20):
        turn(at, 4)
    at = start + 4
    while raw[at] and raw[at + 1]:
        following = at + 2 + abs(int.from_bytes(raw[at : at + 1], "big", signed=True))
        turn(following, 2)
        if raw[at + 1] < 128:  # a parameter, no group
            size, dimensions = raw[following + 2], raw[following + 3]
            count = int(np.prod(list(raw[following + 4 : following + 4 + dimensions]), initial=1))
            turn(following + 4 + dimensions, size, count) if size in (2, 4) else None
        offset = int.from_bytes(raw[following : following + 2], "little")
        if not offset:
            break
        at = following + offset
    data = (int.from_bytes(raw[16:18], "little") - 1) * 512
    turn(data, 4, (len(raw) - data) // 4)
    return bytes(out)


def whole_numbers(values: np.ndarray, zero: int, form: str) -> bytes:
    """Analog values (T) of one channel as 16-bit numbers about a zero, in a file without points."""

    def parameter(group: int, name: bytes, kind: int, sizes: list[int], data: bytes) -> bytes:
        body = bytes([kind % 256, len(sizes), *sizes]) + data + b"\0"
        return bytes([len(name), group % 256]) + name + (len(body) + 2).to_bytes(2, "little") + body

    def number(value: int) -> bytes:
        return (value & 0xFFFF).to_bytes(2, "little")

    groups = b"".join(bytes([len(n), -k % 256]) + n + b"\3\0\0" for k, n in ((1, b"POINT"), (2, b"ANALOG")))
    one = np.float32(1.0).tobytes()
    parts = [
        *(parameter(1, name, 2, [], number(value)) for name, value in ((b"USED", 0), (b"FRAMES", len(values)))),
        *(
            parameter(1, name, 4, [], np.float32(value).tobytes())
            for name, value in ((b"SCALE", 1.0), (b"RATE", 100.0))
        ),
        parameter(1, b"DATA_START", 2, [], number(3)),
        parameter(2, b"USED", 2, [], number(1)),
        parameter(2, b"LABELS", -1, [3, 1], b"FZ1"),
        *(parameter(2, name, 4, [], one) for name in (b"GEN_SCALE",)),
        parameter(2, b"SCALE", 4, [1], one),
        parameter(2, b"OFFSET", 2, [1], number(zero)),
        parameter(2, b"RATE", 4, [], np.float32(100.0).tobytes()),
        parameter(2, b"FORMAT", -1, [len(form)], form.encode()),
    ]
    head = bytearray(512)
    for at, value in ((2, 0), (4, 1), (6, 1), (8, len(values)), (16, 3), (18, 1)):
        head[at : at + 2] = number(value)
    head[:2], head[12:16], head[20:24] = b"\2\x50", one, np.float32(100.0).tobytes()
    section = (b"\1\x50\1\x54" + groups + b"".join(parts) + b"\0\0").ljust(512, b"\0")
    assert len(section) == 512
    return bytes(head) + section + b"".join(number(int(value) + zero) for value in values)


@pytest.mark.parametrize(
    ("zero", "form"),
    [(0, "SIGNED"), (-5, "SIGNED"), (-30720, "SIGNED"), (2048, "UNSIGNED"), (32768, "UNSIGNED"), (32768, "")],
)
def test_analog_samples_are_read_about_their_zero_with_a_sign_and_without(tmp_path, zero, form):
    values = np.array([-900, -1, 0, 1, 1700, 2000])
    (tmp_path / "a.c3d").write_bytes(whole_numbers(values, zero, form))
    analog = read_analog(tmp_path / "a.c3d")
    assert (analog.names, analog.values[:, 0].tolist()) == (("FZ1",), values.tolist())


def test_the_byte_order_of_silicon_graphics_is_read(tmp_path):
    path = write_c3d(tmp_path / "intel.c3d", moving_body(), events=[("Foot Off", "Right", 0.1)])
    other = tmp_path / "sgi.c3d"
    other.write_bytes(turned_round(path.read_bytes()))
    mine, theirs = read_c3d(other), read_c3d(path)
    assert mine.markers.names == theirs.markers.names
    assert mine.events == theirs.events
    np.testing.assert_array_equal(mine.markers.position_m, theirs.markers.position_m)


def test_a_damaged_file_of_silicon_graphics_is_one_line(tmp_path):
    path = write_c3d(tmp_path / "intel.c3d", moving_body())
    raw = turned_round(path.read_bytes())
    (tmp_path / "cut.c3d").write_bytes(raw[:700])
    with pytest.raises(InputError, match="is damaged or no C3D file"):
        read_c3d(tmp_path / "cut.c3d")
