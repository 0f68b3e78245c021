"""A study's tables: a row a swing, a row a swing and metric, a row a trial, with who ran how beside each."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swinglever.study.columns import COST, OWN_COLUMNS, TRIAL, meanings
from swinglever.study.conduct import Told
from swinglever.study.quality import quality_columns
from swinglever.study.store import place_of
from swinglever.system.whole_files import write_whole

if TYPE_CHECKING:
    import pandas as pd


def gather(told: Sequence[Told], results: Path) -> dict[str, "pd.DataFrame"]:
    """Give the tables ``swings``, ``metrics``, ``curves`` and ``trials`` of a study, in the manifest's order.

    Notes
    -----
    They hold nothing of when or how fast a trial was computed: the same inputs give the same tables to the bit,
    whatever was interrupted. What it cost stands in `costs`.
    """
    labels = label_columns(told)
    tables = {name: _joined(name, told, labels, results) for name in OWN_COLUMNS}
    return tables | {"trials": _trials(told, labels, quality_columns(told, results))}


def label_columns(told: Sequence[Told]) -> dict[str, Sequence[Any]]:
    """Give the columns of what is known of the trials; a further column of numbers is numbers."""
    names = list(dict.fromkeys(name for each in told for name in each.asked.labels))
    columns: dict[str, Sequence[Any]] = {
        name: [each.asked.labels.get(name, "") for each in told] for name in ("subject", "condition", *names)
    }
    return {name: values if name in TRIAL else _as_numbers(values) for name, values in columns.items()}


def costs(told: Sequence[Told]) -> "pd.DataFrame":
    """Give what each trial cost."""
    import pandas as pd

    rows = [[each.asked.name, *(getattr(each.outcome, name) for name in COST)] for each in told]
    return pd.DataFrame(rows, columns=["trial", *COST])


def write_tables(tables: Mapping[str, "pd.DataFrame"], folder: Path) -> list[Path]:
    """Write each table as Parquet, each column's meaning in the file's schema, and as CSV."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    written = []
    for name, table in tables.items():
        made, told = pa.Table.from_pandas(table, preserve_index=False), meanings(name)
        fields = [f.with_metadata({"meaning": told.get(f.name, "as in the manifest")}) for f in made.schema]
        content = io.BytesIO()
        pq.write_table(made.cast(pa.schema(fields)), content)
        write_whole(folder / f"{name}.parquet", content.getvalue())
        write_whole(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n").encode())
        written += [folder / f"{name}.parquet", folder / f"{name}.csv"]
    return written


def _joined(name: str, told: Sequence[Told], labels: Mapping[str, Sequence[Any]], results: Path) -> "pd.DataFrame":
    """Put the tables of the trials that were analysed below each other, with what is known of each trial beside."""
    import pandas as pd

    parts = [
        pd.read_parquet(place_of(results, each.outcome.address) / f"{name}.parquet").assign(
            trial=each.asked.name, **{label: values[k] for label, values in labels.items()}
        )
        for k, each in enumerate(told)
        if each.outcome.status == "done"
    ]
    columns = ["trial", *labels, *OWN_COLUMNS[name]]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _trials(told: Sequence[Told], labels: Mapping[str, Sequence[Any]], quality: Mapping[str, Any]) -> "pd.DataFrame":
    import pandas as pd

    ended = ("status", "kind", "line", "swings", "address")
    columns: dict[str, Any] = {"trial": [each.asked.name for each in told]} | dict(labels)
    columns |= {name: [getattr(each.outcome, name) for each in told] for name in ended}
    columns |= {"recording": [each.asked.trial.name for each in told], "model": [e.asked.model.name for e in told]}
    return pd.DataFrame(columns | dict(quality))


def _as_numbers(values: Sequence[str]) -> Sequence[Any]:
    """Give numbers where every cell is one, or empty."""
    try:
        return [float(value) if value else float("nan") for value in values]
    except ValueError:
        return values
