"""A report as a pandas data frame, an xarray dataset, or Parquet files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from swinglever.anatomy.groups import without_side
from swinglever.arrays import Array
from swinglever.errors import InputError, how_to_install
from swinglever.output.tidy import TABLES
from swinglever.records.report import Swing, SwingReport


def to_dataframe(report: SwingReport, table: str = "metrics") -> Any:
    """Give one of the tidy tables (`tidy.TABLES`) as a pandas data frame; undefined numbers are nan.

    Raises
    ------
    InputError
        For a table that there is not, and where pandas is not installed.
    """
    if table not in TABLES:
        raise InputError(f"expected a table of {', '.join(TABLES)}, got {table!r}")
    pandas = needed("pandas")
    found = TABLES[table]
    return pandas.DataFrame.from_records(list(found.rows(report)), columns=list(found.columns))


def export_parquet(report: SwingReport, folder: Path) -> Sequence[Path]:
    """Write the tidy tables as ``TRIAL_metrics.parquet`` and so on, each column's meaning in the file's schema."""
    import io

    from swinglever.system.endings import naming_finished
    from swinglever.system.whole_files import MADE_BY, file_name, write_whole

    arrow, parquet = needed("pyarrow"), needed("pyarrow.parquet")
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with naming_finished(written):
        for name, table in TABLES.items():
            made = arrow.Table.from_pandas(to_dataframe(report, name), preserve_index=False)
            fields = [field.with_metadata({"meaning": table.columns[field.name]}) for field in made.schema]
            text = io.BytesIO()
            parquet.write_table(made.cast(arrow.schema(fields)).replace_schema_metadata({"source": MADE_BY}), text)
            path = folder / file_name(report.provenance.trial_name, f"{name}.parquet")
            write_whole(path, text.getvalue())
            written.append(path)
    return written


def to_xarray(report: SwingReport) -> Any:
    """Give the curves and metrics as an xarray dataset over swing and percent; what a swing does not have is nan.

    Names of joints are without the side, so that legs lie beside each other: ``ds.sel(swing="r_3", case="ballistic")``.

    Raises
    ------
    InputError
        Where xarray is not installed.
    """
    xarray = needed("xarray")
    swings = report.swings
    scopes = _names(swings, lambda s: s.attribution)
    groups = _names(swings, lambda s: [g for a in s.attribution.values() for g in a.groups])
    cases = _names(swings, lambda s: s.ablation)
    joints = _names(swings, lambda s: map(without_side, s.moments.coordinate_names))
    metrics = _names(swings, lambda s: s.metrics)
    levers = _names(swings, lambda s: s.lever)
    data: dict[str, Any] = {
        "knee_flexion_rad": (("swing", "percent"), [_even(s, s.knee_flexion_rad) for s in swings]),
        "hip_flexion_rad": (("swing", "percent"), [_even(s, s.hip_flexion_rad) for s in swings]),
        "net_moment_nm": (("swing", "joint", "percent"), [[_moment(s, j) for j in joints] for s in swings]),
        "knee_flexion_by_cause_rad": (
            ("swing", "scope", "group", "percent"),
            [[[_cause(s, scope, g) for g in groups] for scope in scopes] for s in swings],
        ),
        "knee_flexion_replayed_rad": (("swing", "case", "percent"), [[_replay(s, c) for c in cases] for s in swings]),
        "metric_value": (
            ("swing", "metric"),
            [[s.metrics[m].value if m in s.metrics else np.nan for m in metrics] for s in swings],
        ),
    }
    data |= {n: (("swing", "percent"), [_even(s, s.lever.get(n)) for s in swings]) for n in levers}
    units = [next(s.metrics[m].unit for s in swings if m in s.metrics) for m in metrics]
    coordinates = {
        "swing": [s.id for s in swings],
        "side": ("swing", [s.side for s in swings]),
        "verdict": ("swing", [s.verdict for s in swings]),
        "evidence": ("swing", [s.evidence for s in swings]),
        "percent": np.arange(101.0),
        "joint": joints,
        "scope": scopes,
        "group": groups,
        "case": cases,
        "metric": metrics,
        "unit": ("metric", units),
    }
    filled = {name: (dims, np.array(values, float)) for name, (dims, values) in data.items() if np.size(values)}
    return xarray.Dataset(filled, coords=coordinates, attrs={"trial": report.provenance.trial_name})


def _names(swings: Sequence[Swing], names: Any) -> list[str]:
    return list(dict.fromkeys(name for swing in swings for name in names(swing)))


def _even(swing: Swing, values: Array | None, time_s: Array | None = None) -> Array:
    """A curve at percent 0 to 100; nan where there is none, and beyond its own times."""
    if values is None:
        return np.full(101, np.nan)
    own = swing.time_s if time_s is None else time_s
    wanted = np.linspace(swing.time_s[0], swing.time_s[-1], 101)
    return np.interp(wanted, own, values, left=np.nan, right=np.nan)


def _moment(swing: Swing, joint: str) -> Array:
    names = [without_side(name) for name in swing.moments.coordinate_names]
    return _even(swing, swing.moments.net_moment_nm[:, names.index(joint)] if joint in names else None)


def _cause(swing: Swing, scope: str, group: str) -> Array:
    a = swing.attribution.get(scope)
    if a is None or group not in a.groups:
        return _even(swing, None)
    return _even(swing, a.flexion_of_group(group), a.time_s)


def _replay(swing: Swing, case: str) -> Array:
    a = swing.ablation.get(case)
    return _even(swing, None) if a is None else _even(swing, a.knee_flexion_rad, a.time_s)


def needed(package: str) -> Any:
    """Give a package of an extra.

    Raises
    ------
    InputError
        Where it is not installed, with what installs it.
    """
    from importlib import import_module

    try:
        return import_module(package)
    except ImportError:
        name = package.partition(".")[0]
        raise InputError(f"this needs {name}; install it with {how_to_install('study')}") from None
