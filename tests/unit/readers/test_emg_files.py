"""EMG comes from tables and C3D files alike; what cannot be used is named in one line."""

from pathlib import Path

import edfio
import numpy as np
import pytest
from tests.unit.readers.formats import write_edf
from tests.unit.readers.test_c3d import moving_body, write_c3d

from swinglever.arrays import Array
from swinglever.checks.emg import (
    check_channels,
    check_envelopes,
    check_signals,
    check_times,
    known_sides,
    sound_channels,
)
from swinglever.emg.channels import read_channels
from swinglever.emg.envelopes import process_emg
from swinglever.errors import InputError, MissingFileError
from swinglever.readers import emg_bids
from swinglever.readers.emg import read_emg
from swinglever.readers.storage import write_storage
from swinglever.records.faults import Fault
from swinglever.records.parameters import Parameters
from swinglever.records.trial import EmgRecording

NAMES = ("BF_R", "RF_R")


def noise(n_samples: int = 1000) -> Array:
    return np.random.default_rng(1).normal(size=(n_samples, 2))


def recording(values: Array, names: tuple[str, ...] = NAMES, rate_hz: float = 1000.0, unit: str = "") -> EmgRecording:
    time_s = np.arange(len(values)) / rate_hz
    return EmgRecording(path=Path("e.sto"), time_s=time_s, names=names, units=(unit,) * len(names), values=values)


def faults(found: EmgRecording, **choices: object) -> list[Fault]:
    parameters = Parameters.from_table(choices)
    channels, doubts = known_sides(read_channels(found.names, ()), parameters, "e.sto")
    doubts += check_channels(found, read_channels(found.names, ()), channels)
    sound, silent = sound_channels(found, channels, parameters) if channels else ((), [])
    return [*doubts, *silent, *(check_signals(found, sound, parameters) if sound else [])]


def test_a_table_a_csv_file_and_a_c3d_file_give_the_same(tmp_path: Path) -> None:
    values = np.round(noise(), 6)
    time_s = np.arange(1000) / 1000
    table = write_storage(tmp_path / "e.sto", time_s, NAMES, values, header={"units": "mV"})
    rows = [
        ",".join(["time", *NAMES]),
        *(f"{t:.4f},{a!r},{b!r}" for t, (a, b) in zip(time_s, values.tolist(), strict=True)),
    ]
    (tmp_path / "e.csv").write_text("\n".join(rows) + "\n")
    force = np.hstack([values, 10 * values[:, :1]])
    analog = ([*NAMES, "Fz1"], ["mV", "mV", "N"], force, 10)
    write_c3d(tmp_path / "e.c3d", moving_body(100), analog=analog)
    for path, tolerance in ((table, 0), (tmp_path / "e.csv", 0), (tmp_path / "e.c3d", 1e-6)):
        found = read_emg(path)
        assert found.names == NAMES
        assert found.rate_hz == pytest.approx(1000.0)
        np.testing.assert_allclose(found.values, values, atol=tolerance)
    assert read_emg(table).units == read_emg(tmp_path / "e.c3d").units == ("mV", "mV")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("X[s],R BF,R ST\n0,1,2\n0.1,3,4\n", ("R BF", "R ST")),
        ('time,"RT BICEPS FEM.,uV","RT SEMITEND.,uV"\n0,1,2\n0.1,3,4\n', ("RT BICEPS FEM.,uV", "RT SEMITEND.,uV")),
        ("Exported by X, 2024\n\nTime [s];R BF;R ST\n0;1;2\n0.1;3;4\n", ("R BF", "R ST")),
        ('"time"\t"R BF"\t"R ST"\n"0"\t"1"\t"2"\n0.1\t3\t4', ("R BF", "R ST")),
    ],
)
def test_csv_files_of_recording_systems_are_read(text: str, names: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(text)
    found = read_emg(tmp_path / "e.csv")
    assert found.names == names
    assert found.time_s.tolist() == [0.0, 0.1]
    assert found.values.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_without_any_side_the_flag_is_named() -> None:
    told = faults(recording(noise(), ("BF", "RF")))
    assert [f.severity for f in told] == ["warning", "error"]
    assert "got BF, RF; name them like 'BF_R', or say --side r or --side l" in str(told[1])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("e.txt", "time,BF_R\n", r"expected EMG as \.sto, \.mot, \.csv, \.c3d, \.edf or \.bdf, got 'e\.txt'"),
        ("e.csv", "frame,BF_R\n1,2\n", "line 1: expected the first column to be 'time', in s, got 'frame'"),
        ("e.csv", "x" * 200_000, "line 1: expected the first column to be 'time', in s, got 'xxx"),
        ("e.csv", "time\n0.1\n0.2\n", "got 0 channels and 2 samples"),
        ("e.csv", "time,BF_R\n0.1,2\n0.0,3\n", "expected times that rise"),
        ("e.csv", "time,BF_R\n-1e308,2\n1e308,3\n", "line 2: the time is not a number up to"),
        ("e.csv", "time;BF_R\n0,1;2,0\n", "decimal comma"),
        ("e.csv", "time,BF_R\n", "got 1 channels and 0 samples"),
        ("e.sto", "title\nendheader\ntime\n0.0\n0.1\n", "got 0 channels and 2 samples"),
    ],
)
def test_what_cannot_be_read_is_named(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=message):
        read_emg(tmp_path / name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="there is no file"):
        read_emg(tmp_path / "none.sto")


def test_sound_recordings_have_no_faults() -> None:
    assert faults(recording(noise())) == []
    assert faults(recording(smooth(500), rate_hz=500.0)) == []
    assert faults(recording(noise() + np.array([10.0, 0.0]))) == []  # an amplifier's offset, on one or on all
    assert faults(recording(noise() + 10.0)) == []
    swaying = 2.0 * np.sin(2 * np.pi * 2 * np.arange(1000) / 1000)[:, None]
    assert faults(recording(noise() + swaying)) == []


@pytest.mark.parametrize("side", ["both", "r"])
def test_channels_without_a_signal_are_left_out_and_told(side: str) -> None:
    """Those of the leg that is not analysed say nothing at all."""
    names = ("BF_R", "RF_R", "ST_R", "BF_L")
    values = np.hstack([with_nan(noise()), noise() * 0.0])
    told = faults(recording(values, names), side=side)
    codes = ["emg-nan", "emg-flat", "emg-flat"]
    assert [(f.severity, f.code) for f in told] == [("warning", c) for c in (codes if side == "both" else codes[:2])]
    assert "1 empty or nan cells in 'RF_R'; left out" in str(told[0])
    assert "0 all along in 'ST_R'; left out: it was not connected" in str(told[1])
    found = sound_channels(recording(values, names), read_channels(names, ()), Parameters(side=side))[0]
    assert [c.name for c in found] == ["BF_R"]


def smooth(n_samples: int) -> Array:
    """Two envelopes, 0.1 to 0.9."""
    return 0.5 + 0.4 * np.sin(np.arange(n_samples) / 50)[:, None] * [1, 0.9]


def with_nan(values: Array) -> Array:
    values[3, 1] = np.nan
    return values


@pytest.mark.parametrize(
    ("found", "choices", "code", "text"),
    [
        (recording(with_nan(noise())[:, 1:], ("RF_R",)), {}, "emg-nan", "1 empty or nan cells in 'RF_R'"),
        (recording(noise()[:, :1] * 1e12, ("RF_R",)), {}, "emg-range", "expected numbers of -1e+08 to 1e+08"),
        (recording(noise()[:, :1] * 0, ("RF_R",)), {}, "emg-flat", "0 all along in 'RF_R'"),
        (recording(noise(), ("BF_L", "RF_L")), {"side": "r"}, "emg-channels", "expected a channel of the leg r"),
        (recording(noise(200)), {}, "emg-short", "expected 0.25 s of EMG or more, got 0.199 s"),
        (
            recording(noise(100), rate_hz=100.0),
            {},
            "emg-rate",
            "expected raw EMG at 240 Hz or more, or envelopes that are not negative, got 100 Hz",
        ),
        (recording(smooth(1000) * [1, 0] + noise() * [0, 1]), {}, "emg-kind", "got raw in RF_R, the others envelopes"),
        (recording(smooth(1000) - [0, 0.4]), {}, "emg-kind", "got smooth values of both signs in RF_R; write"),
        (recording(smooth(1000) - 0.5), {}, "emg-kind", "got smooth values of both signs in BF_R, RF_R; write"),
        (recording(np.abs(noise())), {}, "emg-kind", "not smooth in BF_R, RF_R"),
        (recording(smooth(1000), unit="mV"), {"emg_gain": "given"}, "emg-gain", "got values in mV; divide, or say"),
        (recording(noise()), {"emg_gain": "given"}, "emg-gain", "raw signals of both signs"),
        (
            recording(300.0 + 200.0 * np.sin(np.arange(1000) / 100)[:, None] * [1, 0.9]),
            {"emg_gain": "given"},
            "emg-gain",
            "expected shares of a maximal contraction, 0 to 1, for emg_gain 'given', got values up to 500",
        ),
        (
            recording(np.sin(np.arange(20) / 9)[:, None] ** 2 * [1, 0.9], rate_hz=20.0),
            {},
            "emg-rate",
            "expected an envelope at 50 Hz or more, got 20 Hz",
        ),
    ],
)
def test_every_fault_of_the_signals_is_told(
    found: EmgRecording, choices: dict[str, object], code: str, text: str
) -> None:
    told = faults(found, **choices)
    assert [f.code for f in told] == [code]
    assert told[0].severity == "error"
    assert text in str(told[0])


def test_slow_raw_emg_is_a_warning() -> None:
    told = faults(recording(noise(), rate_hz=500.0))
    assert [(f.severity, f.code) for f in told] == [("warning", "emg-rate")]
    assert "expected raw EMG at 1000 Hz or more, got 500 Hz" in str(told[0])


def test_a_gap_in_time_is_told() -> None:
    found = recording(noise())
    jumped = EmgRecording(
        path=found.path,
        time_s=found.time_s + 0.1 * (found.time_s > 0.5),
        names=found.names,
        units=found.units,
        values=found.values,
    )
    assert "a step of 0.101 s at 0.500 s" in str(faults(jumped)[0])


def test_unknown_channels_are_told_and_none_known_is_an_error() -> None:
    some = faults(recording(noise(), ("BF_R", "Trigger")))
    assert [(f.severity, f.code) for f in some] == [("warning", "emg-channels")]
    assert "got Trigger; not used" in str(some[0])
    none = faults(recording(noise(), ("Sync", "Trigger")))
    assert [(f.severity, f.code) for f in none] == [("error", "emg-channels")]
    assert "biceps femoris" in str(none[0])
    assert "got Sync, Trigger" in str(none[0])


def test_a_channel_without_a_side_is_of_the_leg_that_is_analysed() -> None:
    found = recording(noise(), ("BF", "RF_L"))
    both = faults(found)
    assert [f.code for f in both] == ["emg-side"]
    assert "got BF; left out" in str(both[0])
    assert [c.side for c in known_sides(read_channels(found.names, ()), Parameters(side="r"), "")[0]] == ["r", "l"]
    told = faults(found, side="r")
    assert [(f.severity, str(f)) for f in told] == [("note", "e.sto: channels taken as right: BF; left: RF_L")]


def test_left_channels_never_drive_the_right_leg() -> None:
    """A letter that may be a side is not given the side that is analysed, only its own."""
    beside = known_sides(read_channels(("BFR", "BFL", "STR", "STL"), ()), Parameters(side="r"), "")[0]
    assert [(c.name, c.side) for c in beside] == [("BFR", "r"), ("BFL", "l"), ("STR", "r"), ("STL", "l")]
    alone = recording(noise()[:, :1], ("BFL",))
    right, left, both = (faults(alone, side=side) for side in ("r", "l", "both"))
    assert [(f.severity, f.code) for f in right] == [("warning", "emg-side"), ("error", "emg-side")]
    assert "got BFL; left out; say what they are under [emg_names]" in str(right[0])
    assert [f.severity for f in left] == ["note"]
    assert [f.code for f in both] == [f.code for f in right]


def test_channels_of_one_place_are_told() -> None:
    found = recording(np.hstack([noise(), noise()]), ("R BF", "BF_R", "BF_L", "RF_R"))
    signals = process_emg(found, read_channels(found.names, ()), Parameters())
    told = [str(f) for f in check_envelopes(signals, "e.sto") if f.code == "emg-twice"]
    assert len(told) == 1
    assert "expected one channel a place, got 'R BF', 'BF_R' for biceps femoris; the mean of them is used" in told[0]


def test_times_in_milliseconds_are_told() -> None:
    found = recording(noise(), rate_hz=1.0)
    told = check_times(found, np.array([0.0, 2.0]))
    assert [str(f) for f in told] == [
        "e.sto: expected times inside 0 to 2 s, got 0 to 999 s; these look like ms: write them in s"
    ]


def test_other_times_than_the_trials_are_told() -> None:
    found = recording(noise())
    assert check_times(found, np.array([0.5, 2.0])) == []
    assert "expected times inside 5 to 9 s, got 0 to 0.999 s" in str(check_times(found, np.array([5.0, 9.0]))[0])


def test_edf_whose_record_has_no_samples_is_one_line(tmp_path: Path) -> None:
    """The count of samples a record stands 216 bytes into a signal's part of the header, channel by channel."""
    content, path = write_edf()[0], tmp_path / "e.edf"
    at = 256 + 2 * 216
    path.write_bytes(content[:at] + b"0       0       " + content[at + 16 :])
    with pytest.raises(InputError, match="expected EMG as EDF"):
        read_emg(path)


def test_edf_that_is_cut_short_tells_so(tmp_path: Path) -> None:
    (tmp_path / "e.edf").write_bytes(write_edf()[0] + b"xyz")
    assert ["truncated" in text for text in read_emg(tmp_path / "e.edf").warnings] == [True]


@pytest.mark.parametrize("duration", [b"1e-300  ", b"nan     ", b"-1      "])
def test_edf_at_no_rate_is_one_line(tmp_path: Path, duration: bytes) -> None:
    """The duration of a record stands at byte 244."""
    content, path = write_edf()[0], tmp_path / "e.edf"
    path.write_bytes(content[:244] + duration + content[252:])
    with pytest.raises(InputError, match="expected EMG as EDF"):
        read_emg(path)


def test_channels_of_a_hundred_days_beside_one_of_a_second_are_refused(tmp_path: Path) -> None:
    slow, fast = (edfio.EdfSignal(np.zeros(n), rate, label=name) for n, rate, name in ((100, 1e-4, "A"), (1, 1e4, "B")))
    times = pytest.raises(InputError, match="channels at similar rates")
    with times:
        emg_bids._shared_times(tmp_path, [emg_bids._channel(signal) for signal in (slow, fast)])
