"""The page of a study: what was found over all subjects, one file that asks nothing of a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swinglever import __version__
from swinglever.page.html import Html, join, table, tag
from swinglever.page.write import style_of_pages
from swinglever.study import page_groups, page_trials
from swinglever.study.conduct import Told
from swinglever.study.effects import Effect, Share
from swinglever.system.whole_files import write_whole

if TYPE_CHECKING:
    import pandas as pd

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Nothing runs on this page, and nothing is asked for."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a study's page tells of.

    Attributes
    ----------
    name
        Title of the study.
    told
        Every trial and how it ended.
    tables
        The study's tables, what each trial cost (``costs``) among them.
    conditions
        Conditions in the manifest's order, the first of them the reference.
    effects
        Differences between conditions and between legs.
    shares
        Verdicts by condition.
    provenance
        What it was made with: name and value.
    """

    name: str
    told: Sequence[Told]
    tables: Mapping[str, "pd.DataFrame"]
    conditions: Sequence[str]
    effects: Sequence[Effect]
    shares: Sequence[Share]
    provenance: Mapping[str, str]


def write_study_page(found: Findings, path: Path) -> Path:
    """Write the page."""
    body = join(
        _summary(found),
        tag("h2", "Swings by condition"),
        page_groups.condition_curves(found.tables["curves"], found.conditions),
        tag("h2", "Subjects"),
        page_groups.subject_curves(found.tables["curves"], found.conditions),
        tag("h2", "What initiated the fold"),
        page_groups.verdict_table(found.shares),
        tag("h2", "Do the conditions differ?"),
        page_groups.effect_table([e for e in found.effects if e.factor == "condition"], "condition"),
        tag("h2", "Do left and right differ?"),
        page_groups.effect_table([e for e in found.effects if e.factor == "side"], "side"),
        tag("h2", "Trials that failed or were left out"),
        page_trials.failures(found.told),
        tag("h2", "Trials and their quality"),
        page_trials.trial_table(found.told, found.tables["trials"], found.tables["costs"], path.parent),
        tag("h2", "Provenance, and how to cite"),
        _provenance(found),
    )
    write_whole(path, _document(found.name, body).encode("utf-8", "backslashreplace"))
    return path


def _summary(found: Findings) -> Html:
    """Say how many trials, swings, subjects and conditions there are."""
    swings, trials = found.tables["swings"], found.tables["trials"]
    subjects = len(set(trials["subject"]) - {""})
    counts = trials["status"].value_counts()
    ended = ", ".join(f"{counts.get(status, 0)} {status}" for status in ("done", "failed", "skipped"))
    sentence = f"{len(swings)} swings of {subjects} subjects in {len(trials)} trials"
    named = ", ".join(found.conditions) or "none named"
    return tag(
        "div",
        tag("p", sentence, class_="verdict"),
        tag("ul", tag("li", f"Trials: {ended}."), tag("li", "Conditions: ", tag("bdi", named), ".")),
        class_="headline",
    )


def _provenance(found: Findings) -> Html:
    cite = (
        f"swinglever {__version__}, study of {len(found.told)} trials. Name the models' and the recordings' "
        "own sources too, and Delp et al. 2007, IEEE Trans Biomed Eng 54: 1940-1950, for OpenSim."
    )
    rows: list[list[str]] = [[name, value] for name, value in found.provenance.items()]
    return join(tag("p", tag("b", "To cite: "), cite), table(["What", "Value"], rows, "Provenance"))


def _document(name: str, body: Html) -> str:
    style = style_of_pages() + (Path(__file__).parent / "study.css").read_text(encoding="utf-8")
    head = join(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("title", f"What flexed the knee? Study {name[:80]}"),
        Html(f"<style>{style}</style>"),
    )
    top: Any = tag("header", tag("h1", "What flexed the knee? Study ", tag("bdi", name[:80])), class_="top")
    page = tag("body", top, tag("main", body))
    return f"<!doctype html>\n{tag('html', tag('head', head), page, lang='en')}\n"
