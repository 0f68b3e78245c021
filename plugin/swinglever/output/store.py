"""Result files: a report as HDF5 and back, with nothing but numpy and h5py.

The layout follows from the records' own descriptions: every swing, scope, source and case is an entry of a dimension,
and xarray opens the file with its labels. A file is written under a temporary name and renamed when it is whole, so
there is never half a result.

Examples
--------
>>> import tempfile, xarray
>>> from swinglever.testing import example_report
>>> folder = tempfile.TemporaryDirectory()
>>> path = write_report(example_report(), f"{folder.name}/run.h5")
>>> with xarray.open_datatree(path, engine="h5netcdf") as tree:
...     causes = tree["attribution"].to_dataset()
...     hip = causes.knee_flexion_rad.sel(swing="r_3", scope="leg", source="hip_flexion_moment")
...     hip.dims, hip.attrs["units"], str(causes.group.sel(source="hip_flexion_moment").values)
(('percent',), 'rad', 'hip_moment')
>>> swing = read_report(path).swing("r_3")
>>> swing.attribution["leg"].sources[4], bool(swing.attribution["leg"].knee_flexion_rad[50, 4] == hip[50].item())
('hip_flexion_r_moment', True)
>>> folder.cleanup()
"""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import h5py
import numpy as np

from swinglever.errors import InputError, MissingFileError, UnknownNameError, named
from swinglever.output.hdf5 import LIBVER, NOTHING, Cut, expect_in_proportion, read_groups, storable, write_groups
from swinglever.output.heaps import expect_sound_heaps
from swinglever.output.layout import PATHS
from swinglever.output.paths import PackedPaths, pack_paths, unpack_paths
from swinglever.output.stack import stack_records
from swinglever.output.unstack import unstack
from swinglever.output.variables import Group
from swinglever.records.report import Measurement, Provenance, Swing, SwingReport
from swinglever.records.short import in_short
from swinglever.records.words import SIDES
from swinglever.system.whole_files import write_whole

SCHEMA = 2
_OF_DAMAGE = OSError, LookupError, ValueError, TypeError, RuntimeError, AttributeError, ArithmeticError
"""What reading a damaged file raises, in HDF5 or here."""
_AT_ONCE = 16
"""Swings that are read together where they are kept in short."""


def write_report(report: SwingReport, path: str | Path) -> Path:
    """Write a report to one HDF5 file.

    Raises
    ------
    InputError
        When the folder does not exist or cannot be written to; whatever stood there before is unharmed.
    """
    path = Path(path)
    with _replacing(path) as file:
        _write_root(file, report)
        write_groups(file, _stacked(report))
    return path


def read_report(path: str | Path, *, playback: bool = True, swing: str | None = None) -> SwingReport:
    """Read a result file.

    Parameters
    ----------
    path
        The file.
    playback
        Whether to read what viewers show too, most of a file; who looks at numbers needs none of it.
    swing
        Which swing is wanted alone; all when not given.

    Raises
    ------
    MissingFileError, InputError
        When there is no such file, it is not one of ours, it is cut short, or it is from another version.
    UnknownNameError
        When it has no such swing.
    """
    without = () if playback else ("playback",)
    with _opened(path) as file:
        return _read_root(file, without, NOTHING if swing is None else _only(file, swing))


def read_in_short(path: str | Path, *, shares: bool = True) -> SwingReport:
    """Read what tables tell of a result, in little memory: every swing in short, and the first frame of the motion.

    Parameters
    ----------
    path
        The file.
    shares
        Whether to read the causes' shares and the muscles too, which take the longest.

    Raises
    ------
    MissingFileError, InputError
        As `read_report`.
    """
    without = ("playback", "classical", "lever", "motion", *(() if shares else ("attribution", "muscles")))
    with _opened(path) as file:
        count = file["swing"].size if "swing" in file else 0
        swings: list[Swing] = []
        for begin in range(0, max(count, 1), _AT_ONCE):
            cut = {"swing": slice(begin, begin + _AT_ONCE), "frame": slice(0, 1)}
            report = _read_root(file, without, cut)
            swings += map(in_short, report.swings)
        return replace(report, swings=tuple(swings))


def count_frames(path: str | Path) -> int:
    """Count the frames of a result's motion."""
    with _opened(path) as file:
        return int(file["kinematics/time_s"].size)


@contextmanager
def _opened(path: str | Path) -> Iterator[h5py.File]:
    """Open a result file, and say in one line what is wrong with it."""
    path = Path(path)
    if not path.is_file():
        raise MissingFileError(f"expected a result file, found nothing at '{path}'")
    try:
        expect_sound_heaps(path)
        with h5py.File(path, "r") as file:
            _check_format(file, path)
            expect_in_proportion(file)
            yield file
    except _WrongKindError as error:
        raise InputError(str(error)) from None
    except UnknownNameError:
        raise
    except (*_OF_DAMAGE, MemoryError) as error:
        raise InputError(f"expected a whole swinglever result in '{path}': {error}") from error


def _only(file: h5py.File, swing: str) -> Cut:
    """Say which entry of a file's swings one of them is."""
    names = file["swing"].asstr()[...].tolist() if "swing" in file else []
    if swing not in names:
        raise UnknownNameError(f"there is no swing {swing!r}; there are {named(names)}")
    number = names.index(swing)
    return {"swing": slice(number, number + 1)}


def is_result(path: Path) -> bool:
    """Tell whether a file is a result of ours, of any version."""
    try:
        expect_sound_heaps(path)
        with h5py.File(path, "r") as file:
            return bool(file.attrs.get("format") == "swinglever")
    except (OSError, RuntimeError, ValueError):
        return False


class _WrongKindError(Exception):
    """The file is whole, but not what this version reads."""


@contextmanager
def _replacing(path: Path) -> Iterator[h5py.File]:
    """Open a file in memory that is written to ``path`` when all went well.

    HDF5 itself crashes the process when a disk is full or a folder goes away under it.
    """
    # The name never reaches a disk; HDF5 wants one for each file that is open at a time.
    with h5py.File(uuid4().hex, "w", driver="core", backing_store=False, libver=LIBVER) as file:
        yield file
        file.flush()
        content = file.id.get_file_image()
    write_whole(path, content)


def _check_format(file: h5py.File, path: Path) -> None:
    if file.attrs.get("format") != "swinglever":
        raise _WrongKindError(f"expected a swinglever result, '{path}' is another kind of HDF5 file")
    schema = int(file.attrs["schema"])
    if schema > SCHEMA:
        raise _WrongKindError(
            f"'{path}' has schema {schema}, this version reads up to {SCHEMA}; update swinglever to open it"
        )
    if schema < SCHEMA:
        raise _WrongKindError(
            f"'{path}' has schema {schema} of before the first release, this version reads {SCHEMA}; analyse the trial "
            "again"
        )


def _stacked(report: SwingReport) -> dict[str, Group]:
    """Lay out a report; muscle paths, the largest part, are packed by themselves."""
    swings = {swing.id: swing for swing in report.swings}
    groups, playback = stack_records(report, swings), report.playback
    if playback is None or playback.muscle_path_m is None:
        return groups
    packed = pack_paths(playback.muscle_path_m, playback.body_pose)
    return groups | {PATHS: stack_records(packed, swings, PATHS)[PATHS]}


def _write_root(file: h5py.File, report: SwingReport) -> None:
    file.attrs["format"], file.attrs["schema"] = "swinglever", SCHEMA
    for name, value in vars(report.provenance).items():
        kept = storable(value) if isinstance(value, str) else value
        file.attrs[name] = json.dumps(dict(value)) if isinstance(value, Mapping) else kept
    file.attrs["warnings"], file.attrs["timing"] = json.dumps(report.warnings), json.dumps(dict(report.timing))
    file.attrs["metrics"] = json.dumps({name: _table(measured) for name, measured in report.metrics.items()})


def _read_root(file: h5py.File, without: Collection[str] = (), cut: Cut = NOTHING) -> SwingReport:
    groups = read_groups(file, without, cut)
    sides = groups["/swings"].arrays["side"][1].tolist() if "/swings" in groups else []
    if wrong := set(sides) - set(SIDES):
        raise InputError(f"expected {' or '.join(SIDES)} for the side of each swing, got {named(map(repr, wrong))}")
    by_swing = dict(zip(groups[""].labels.get("swing", ()), sides, strict=True))
    report: SwingReport = unstack(
        SwingReport,
        groups,
        by_swing,
        provenance=Provenance(**{name: _attribute(file, name) for name in Provenance.__dataclass_fields__}),
        warnings=tuple(map(str, _attribute(file, "warnings"))),
        timing={name: float(took_s) for name, took_s in _attribute(file, "timing").items()},
        metrics={name: _measurement(table) for name, table in _attribute(file, "metrics").items()},
    )
    if PATHS not in groups or report.playback is None:
        return report
    packed: PackedPaths = unstack(PackedPaths, groups, by_swing, PATHS)
    path_m = unpack_paths(packed, report.playback.body_pose)
    return replace(report, playback=replace(report.playback, muscle_path_m=path_m))


def _table(measured: Measurement) -> dict[str, Any]:
    """Give a metric of the trial as plain values, null for what is not a number."""
    return {name: None if value != value else value for name, value in vars(measured).items()}


def _measurement(table: Mapping[str, Any]) -> Measurement:
    values: dict[str, Any] = {name: np.nan if value is None else value for name, value in table.items()}
    return Measurement(**values)


_KINDS = dict.fromkeys(("parameters", "plugins", "timing", "metrics"), dict) | {"warnings": list, "mass_kg": float}
"""What the attributes of a file are, those that are no texts; tables and lists are kept as JSON."""


def _attribute(file: h5py.File, name: str) -> Any:
    value, kind = file.attrs[name], _KINDS.get(name, str)
    if kind in (dict, list):
        value = json.loads(value)
    found = value.item() if isinstance(value, np.generic) else value
    if not isinstance(found, kind):
        raise TypeError(f"'{name}' is no {kind.__name__}")
    return found
