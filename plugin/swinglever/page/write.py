"""Writes the page: one file with its style, script and data, that asks nothing of a network."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from swinglever.errors import InputError
from swinglever.metrics import ablated, chain, lever, muscular, stride, timing
from swinglever.metrics.base import Metric
from swinglever.page import sections
from swinglever.page.curves import Topic, topics_of
from swinglever.page.difference import comparison_text, letter_of
from swinglever.page.html import Html, join, tag
from swinglever.page.kinogram import kinogram
from swinglever.page.ranges import range_section
from swinglever.page.recording import make_payload
from swinglever.page.sticks import find_sticks
from swinglever.page.surfaces import thin_surfaces
from swinglever.records.report import SwingReport
from swinglever.system.whole_files import MADE_BY, write_whole

_WEB = Path(__file__).parent / "web" / "built"
_PARTS = {
    "motion": "The motion",
    "contributions": "Who folds the knee",
    "replays": "What if it had not been for …",
    "lever": "The lever",
    "energy": "Energy down the chain",
    "muscles": "Muscles",
    "emg": "EMG",
}

OUR_METRICS: Mapping[str, Metric] = {
    metric.name: metric for theme in (lever, timing, chain, ablated, muscular, stride) for metric in theme.METRICS
}
"""Metrics whose meaning and claim the page knows; a plugin's own are passed to `write_page`."""


def write_page(
    reports: Sequence[SwingReport],
    path: Path,
    metrics: Mapping[str, Metric] | None = None,
    parts: Sequence[Sequence[sections.Part]] = (),
) -> Path:
    """Write the page of one or more results.

    Parameters
    ----------
    reports
        Results; with several, buttons at the top choose between them.
    path
        File to write.
    metrics
        Metrics by name, whose meanings and claims the page tells; the built-in ones when not given.

    parts
        What plugins add to each report, in the order of the reports.

    Raises
    ------
    InputError
        Without any result.
    """
    if not reports:
        raise InputError("expected one result or more to make a page of, got none")
    known = OUR_METRICS if metrics is None else metrics
    topics = [topics_of(report) for report in reports]
    added = [*parts, *(() for _ in reports[len(parts) :])]
    articles = [
        _article(k, report, found, known, more)
        for k, (report, found, more) in enumerate(zip(reports, topics, added, strict=True))
    ]
    write_whole(
        path, _document(join(articles), reports, topics, with_tabs=len(reports) > 1).encode(errors="backslashreplace")
    )
    return path


def write_comparison(reports: Sequence[SwingReport], path: Path) -> Path:
    """Write the page that compares results with the first of them: figures in step, curves, differences, every metric.

    Raises
    ------
    InputError
        With fewer than two results.
    """
    if len(reports) < 2:
        raise InputError(f"expected two results or more to compare, got {len(reports)}")
    topics = [topics_of(report) for report in reports]
    articles = [_pair(reports, k, topics) for k in range(1, len(reports))]
    write_whole(
        path, _document(join(articles), reports, topics, with_tabs=len(reports) > 2).encode(errors="backslashreplace")
    )
    return path


def _pair(reports: Sequence[SwingReport], second: int, topics: Sequence[Sequence[Topic]]) -> Html:
    """The first result beside another one."""
    shared = {topic.id for topic in topics[second]}
    letters = ("A", letter_of(second))
    stages = [_stage(k, reports[k], letter) for k, letter in zip((0, second), letters, strict=True)]
    return tag(
        "article",
        comparison_text(reports[0], reports[second], letters[1]),
        tag("div", stages, class_="columns pair"),
        _plots([topic for topic in topics[0] if topic.id in shared]),
        class_="comparison",
        data_second=second,
        data_letter=letters[1],
        hidden=second > 1,
        aria_label=f"A against {letters[1]}",
    )


def _article(
    number: int,
    report: SwingReport,
    topics: Sequence[Topic],
    metrics: Mapping[str, Metric],
    parts: Sequence[sections.Part],
) -> Html:
    """One recording: verdict, figure, kinogram, answers, plots, claims, numbers, quality, provenance."""
    name, model = report.provenance.trial_name, report.provenance.model_name
    sticks = _sticks(report)
    text = tag(
        "div",
        tag("h2", "The frames that coaches read"),
        tag("p", "Choose a frame to see the figure there. The line from hip to heel is the lever.", class_="note"),
        kinogram(report, sticks),
        tag("h2", "Questions that a coach asks"),
        sections.question_list(report),
        tag("h2", "What the verdict rests on"),
        sections.grounds(report),
        range_section(report),
        _plots(topics),
        tag("h2", "Hamstrings by phase"),
        sections.phase_table(report),
        tag("h2", "The twelve claims"),
        tag("p", _ON_CLAIMS, class_="note"),
        sections.claim_list(report, metrics),
        tag("h2", "Swings"),
        sections.swing_list(report),
        tag("h2", "Other numbers"),
        sections.other_metrics(report, metrics),
        [sections.plugin_part(part) for part in parts],
        tag("h2", "Quality"),
        sections.quality(report),
        tag("h2", "Provenance, and how to cite"),
        sections.provenance(report),
        class_="text",
    )
    title = tag("p", tag("bdi", name), " with the model “", tag("bdi", model), "”", class_="title")
    head = join(title, sections.headline(report))
    columns = tag("div", tag("div", head, class_="head"), _stage(number, report, ""), text, class_="columns single")
    return tag("article", columns, class_="recording", data_recording=number, hidden=number > 0, aria_label=name[:80])


_ON_CLAIMS = (
    "Claims of a coaching article, held against this recording. They are hypotheses. Mean ± standard deviation of the "
    "swings; in brackets the 5th and 95th percentile with varied inputs, where they were asked for. Trained runners: "
    "public data of Fukuchi et al. 2017, at 2.5 to 4.5 m/s; at other speeds nothing is published, and none is given."
)


def _stage(number: int, report: SwingReport, letter: str) -> Html:
    if report.playback is None or not report.swings:
        return Html("")
    name = f"{letter}: {report.provenance.trial_name}" if letter else "The runner"
    heading = tag("h3", tag("bdi", name)) if letter else Html("")
    return tag("section", heading, class_="stage", data_recording=number, aria_label=name[:80])


def _plots(topics: Sequence[Topic]) -> Html:
    parts = []
    for section, title in _PARTS.items():
        mine = [topic for topic in topics if topic.section == section]
        if mine:
            parts.append(tag("section", tag("h2", title), [_place(topic) for topic in mine]))
    return join(parts)


def _place(topic: Topic) -> Html:
    caption = tag("figcaption", tag("h3", topic.title), tag("p", topic.note))
    return tag("figure", caption, class_="topic", data_topic=topic.id)


def _sticks(report: SwingReport) -> list[tuple[int, int, tuple[float, float, float]]]:
    playback = report.playback
    if playback is None:
        return []
    return find_sticks(playback.body_pose, thin_surfaces(playback.meshes), playback.body_names)


def style_of_pages() -> str:
    """Give the style that all pages share."""
    return (_WEB / "page.css").read_text(encoding="utf-8")


def _document(body: Html, reports: Sequence[SwingReport], topics: Sequence[Sequence[Topic]], *, with_tabs: bool) -> str:
    script, style = ((_WEB / name).read_text(encoding="utf-8") for name in ("page.js", "page.css"))
    names = ", ".join(report.provenance.trial_name[:80] for report in reports)
    payloads = [_payload(report, found) for report, found in zip(reports, topics, strict=True)]
    head = join(
        tag("meta", charset="utf-8"),
        tag("meta", name="generator", content=MADE_BY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(script)),
        tag("title", f"What flexed the knee? {names}"),
        Html(f"<style>{style}</style>"),
    )
    top = tag(
        "header",
        tag("h1", "What flexed the knee?"),
        tag("nav", class_="tabs", aria_label="Recordings") if with_tabs else Html(""),
        tag("div", class_="theme"),
        class_="top",
    )
    without = tag("noscript", tag("p", "Figure and plots need JavaScript; the text below does not.", class_="trouble"))
    page = tag("body", top, without, tag("main", body), payloads, Html(f"<script>{script}</script>"))
    return f"<!doctype html>\n{tag('html', tag('head', head), page, lang='en')}\n"


def _policy(script: str) -> str:
    """Forbid the page everything but its own script, by its hash, and its own style."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data: blob:"


def _payload(report: SwingReport, topics: Sequence[Topic]) -> Html:
    surfaces = [] if report.playback is None else thin_surfaces(report.playback.meshes)
    payload = make_payload(report, topics, surfaces, _sticks(report))
    return Html(f'<script type="application/json" class="payload">{payload.as_json()}</script>')
