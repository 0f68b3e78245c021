"""Parts of a study's page about trials: what failed and why, quality, cost, and the way to each trial's own page."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swinglever.page.html import Html, join, table, tag
from swinglever.study.conduct import Told
from swinglever.study.store import PAGE

if TYPE_CHECKING:
    import pandas as pd

_HEADER = (
    "Trial",
    "Subject",
    "Condition",
    "Swings",
    "Marker error, mm",
    "Causes miss by, °",
    "Replay misses by, °",
    "Swings with large reserves",
    "Warnings",
    "Processor, s",
    "Memory, MB",
)


def failures(told: Sequence[Told]) -> Html:
    """Give every trial that failed or was left out, with its reason."""
    rows = [
        [each.asked.name, each.outcome.status, each.outcome.kind or "–", each.outcome.line]
        for each in told
        if each.outcome.status != "done"
    ]
    if not rows:
        return tag("p", "None.")
    return table(["Trial", "How it ended", "Kind", "Reason"], rows, "Trials that failed or were left out")


def trial_table(told: Sequence[Told], trials: "pd.DataFrame", costs: "pd.DataFrame", folder: Path) -> Html:
    """Give every trial that was analysed, its quality and its cost; its name leads to its own page, if any."""
    both = trials.merge(costs, on="trial", validate="one_to_one")
    done = both[both["status"] == "done"]
    if done.empty:
        return tag("p", "No trial was analysed.")
    rows = [_row(row, folder) for row in done.to_dict("records")]
    return join(_spread(done), table(_HEADER, rows, "Trials"))


def _row(row: dict[str, Any], folder: Path) -> list[str]:
    page = f"results/{row['address']}/{PAGE}"
    linked = tag("a", row["trial"], href=page) if (folder / page).is_file() else tag("bdi", row["trial"])
    numbers = [
        _fixed(row[name], digits)
        for name, digits in (
            ("marker_rms_mm", 1),
            ("closure_deg", 3),
            ("replay_miss_deg", 2),
            ("large_reserves", 0),
            ("warnings", 0),
            ("cpu_s", 1),
        )
    ]
    memory = _fixed(row["peak_bytes"] / 1e6, 0)
    return [linked, str(row["subject"]), str(row["condition"]), str(row["swings"]), *numbers, memory]


def _spread(done: "pd.DataFrame") -> Html:
    """Say in a line what a trial's cost and quality are like."""
    columns = {
        "s of processor time": done["cpu_s"],
        "MB of memory": done["peak_bytes"] / 1e6,
        "mm of marker error": done["marker_rms_mm"],
    }
    told = [f"{_fixed(v.median(), 1)} {name} (most {_fixed(v.max(), 1)})" for name, v in columns.items()]
    sentence = f"Median of a trial: {', '.join(told)}."
    return tag("p", sentence, class_="note")


def _fixed(value: float, digits: int) -> str:
    return "–" if value != value else f"{value:.{digits}f}"
