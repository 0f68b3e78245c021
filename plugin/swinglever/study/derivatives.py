"""The results of a study as BIDS derivatives: the swings of each recording as a table of events."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swinglever import __version__
from swinglever.errors import InputError
from swinglever.readers.bids import DESCRIPTION
from swinglever.study.columns import meanings
from swinglever.study.conduct import Told
from swinglever.system.whole_files import write_whole

if TYPE_CHECKING:
    import pandas as pd

_BIDS = "1.11.1"
"""The version whose rules these names follow."""
_IGNORED = (
    "results/",
    "study.*",
    "*.parquet",
    "swings.csv",
    "metrics.csv",
    "curves.csv",
    "trials.csv",
    "comparisons.csv",
    "slurm_job.sh",
)
"""What stands beside the derivatives and that BIDS has no name for."""
_OWN = {
    "onset": "toe-off, s from the beginning of the recording",
    "duration": "from toe-off to foot strike, s",
    "trial_type": "swing: of the leg in the column side",
}


def write_derivatives(told: Sequence[Told], tables: "dict[str, pd.DataFrame]", data_set: Path, out: Path) -> list[Path]:
    """Write ``_events.tsv`` with its meanings for each recording that was analysed, and what the data set is.

    Parameters
    ----------
    told
        The trials and how they ended.
    tables
        The study's tables of swings and metrics.
    data_set
        Folder of the BIDS tree.
    out
        Folder of the derivatives.
    """
    written = [_describe(data_set, out), out / ".bidsignore"]
    write_whole(written[1], "".join(f"{name}\n" for name in _IGNORED).encode())
    wide = _wide(tables)
    units = dict(zip(tables["metrics"]["metric"], tables["metrics"]["unit"], strict=True))
    for each in told:
        if each.outcome.status == "done":
            rows = wide[wide["trial"] == each.asked.name].drop(columns="trial")
            written += _write_events(rows, units, out / _place(each, data_set))
    return written


def _place(told: Told, data_set: Path) -> Path:
    """Where a recording's table goes: as the recording lies in its own data set."""
    path = told.asked.trial.absolute()
    inside = path.relative_to(data_set.absolute())
    return inside.with_name(inside.name.removesuffix("_motion.tsv") + "_events.tsv")


def _wide(tables: "dict[str, pd.DataFrame]") -> "pd.DataFrame":
    """A row a swing: its events, its verdict, and its metrics in columns."""
    swings, metrics = tables["swings"], tables["metrics"]
    mine = metrics[metrics["swing"] != ""].pivot(index=["trial", "swing"], columns="metric", values="value")
    names = list(dict.fromkeys(metrics.loc[metrics["swing"] != "", "metric"]))
    first = swings.assign(
        onset=swings["toe_off_s"], duration=swings["foot_strike_s"] - swings["toe_off_s"], trial_type="swing"
    )
    columns = ["trial", "onset", "duration", "trial_type", "swing", "side", "peak_flexion_s", "event_source"]
    columns += ["peak_flexion_deg", "verdict", "evidence"]
    return first[columns].merge(mine[names], on=["trial", "swing"], how="left", validate="one_to_one")


def _write_events(rows: "pd.DataFrame", units: dict[str, str], path: Path) -> list[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = rows.replace("", "n/a").to_csv(sep="\t", index=False, na_rep="n/a", lineterminator="\n")
    write_whole(path, text.encode())
    known = {**meanings("swings"), **_OWN}
    facts = {name: _column(name, known, units) for name in rows.columns}
    side = path.with_suffix(".json")
    write_whole(side, (json.dumps(facts, indent=1) + "\n").encode())
    return [path, side]


def _column(name: str, known: dict[str, str], units: dict[str, str]) -> dict[str, str]:
    """Describe a column as BIDS does."""
    if name in units:
        return {"Description": f"metric {name.replace('_', ' ')}", "Units": units[name]}
    return {"Description": known[name]}


def _describe(data_set: Path, out: Path) -> Path:
    """Write what the derivatives are, by whom and of what."""
    try:
        source: Any = json.loads((data_set / DESCRIPTION).read_text(encoding="utf-8-sig"))
        name = str(source["Name"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise InputError(f"expected a Name in '{data_set / DESCRIPTION}': {error}") from None
    told = {
        "Name": f"{name}: what flexed the knee, by swinglever",
        "BIDSVersion": _BIDS,
        "DatasetType": "derivative",
        "GeneratedBy": [{"Name": "swinglever", "Version": __version__}],
        "SourceDatasets": [{"URL": "../.."}] if out == data_set / "derivatives" / "swinglever" else [],
    }
    path = out / DESCRIPTION
    write_whole(path, (json.dumps(told, indent=1) + "\n").encode())
    return path
