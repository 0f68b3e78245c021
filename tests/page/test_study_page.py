"""The page of a study as a reader meets it: it asks for nothing, reads without a script, and everybody can use it."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from swinglever.page.difference import signed
from swinglever.study.asked import Asked
from swinglever.study.columns import COST
from swinglever.study.conduct import Told
from swinglever.study.drawings import looks
from swinglever.study.effects import Effect, compare, verdict_shares
from swinglever.study.outcome import Outcome
from swinglever.study.page import Findings, write_study_page

CONDITIONS = ("slow", "fast <b>")
"""One of them as a manifest could have it that means harm."""


def told(number: int, condition: str, outcome: Outcome) -> Told:
    labels = {"subject": f"s{number}", "condition": condition}
    asked = Asked(name=f"s{number}/{condition}", trial=Path("a.trc"), model=Path("m.osim"), labels=labels)
    return Told(asked=asked, outcome=outcome)


def rows(subjects: int) -> tuple[list[Told], dict[str, pd.DataFrame]]:
    """A small study by hand: five swings a trial, whose peaks differ by 8° between the conditions."""
    random, trials, swings, metrics, curves = np.random.default_rng(3), [], [], [], []
    for number in range(subjects):
        own = 3.0 * random.normal()
        for k, condition in enumerate(CONDITIONS):
            done = Outcome(address=f"{number}{k}", status="done", swings=5, elapsed_s=4.0, cpu_s=3.5, peak_bytes=4e8)
            trials.append(told(number, condition, done))
            name = trials[-1].asked.name
            for swing in range(5):
                side, who = "rl"[swing % 2], f"r_{swing}"
                value = 95.0 + 8.0 * k + own + random.normal()
                swings.append((name, f"s{number}", condition, who, side, "undecided" if swing else "momentum-driven"))
                metrics.append((name, f"s{number}", condition, who, side, "peak_knee_flexion", value, "deg"))
            for percent in np.linspace(0.0, 100.0, 51):
                mean = 20.0 + (75.0 + 8.0 * k + own) * np.sin(np.pi * percent / 100.0)
                curves.append((f"s{number}", condition, "r", "knee_flexion", percent, mean, 5))
    trials.append(told(0, "slow", Outcome(status="failed", kind="input", line="expected 20 frames <or> more, got 1")))
    trials.append(told(1, "slow", Outcome(status="skipped", line="she fell")))
    labels = ["trial", "subject", "condition"]
    return trials, {
        "swings": pd.DataFrame(swings, columns=[*labels, "swing", "side", "verdict"]),
        "metrics": pd.DataFrame(metrics, columns=[*labels, "swing", "side", "metric", "value", "unit"]),
        "curves": pd.DataFrame(
            curves, columns=["subject", "condition", "side", "quantity", "percent", "mean", "swings"]
        ),
    }


def found(subjects: int = 6) -> Findings:
    trials, tables = rows(subjects)
    for k, each in enumerate(trials):  # names as a manifest would have them, each once
        trials[k] = Told(asked=Asked(**vars(each.asked) | {"name": f"{k} {each.asked.name}"}), outcome=each.outcome)
    labels = [dict(each.asked.labels) for each in trials]
    outcomes = [{name: getattr(each.outcome, name) for name in ("status", "swings", "address")} for each in trials]
    names = [{"trial": each.asked.name} for each in trials]
    quality = {
        "marker_rms_mm": 3.1,
        "closure_deg": 0.001,
        "replay_miss_deg": 0.02,
        "large_reserves": 1.0,
        "warnings": 2.0,
    }
    tables["trials"] = pd.DataFrame([n | t | o | quality for n, t, o in zip(names, labels, outcomes, strict=True)])
    spent = [{"trial": each.asked.name} | {name: getattr(each.outcome, name) for name in COST} for each in trials]
    effects = [
        e for f, ls in (("condition", CONDITIONS), ("side", ("r", "l"))) for e in compare(tables["metrics"], f, ls)
    ]
    return Findings(
        name="a study",
        told=trials,
        tables=tables | {"costs": pd.DataFrame(spent)},
        conditions=CONDITIONS,
        effects=effects,
        shares=verdict_shares(tables["swings"], CONDITIONS),
        provenance={"swinglever": "0.1"},
    )


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    (folder / "results" / "00").mkdir(parents=True)
    (folder / "results" / "00" / "page.html").touch()  # one trial has a page of its own
    return write_study_page(found(), folder / "study.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_everybody_can_use_the_page_and_it_asks_for_nothing(
    flat_browser: Browser, page_file: Path, scheme: Any, width: int
) -> None:
    context = flat_browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, asked, said = context.new_page(), list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    # The page's own policy forbids scripts; axe comes through the browser's tools, as an extension would.
    results = Axe().run(page)
    faults = [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in results.response["violations"]]
    assert faults == []
    assert asked == [page_file.as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_the_page_tells_what_was_found(page_file: Path) -> None:
    text = page_file.read_text()
    assert "60 swings of 6 subjects in 14 trials" in text
    assert "12 done, 1 failed, 1 skipped" in text
    assert "expected 20 frames &lt;or&gt; more, got 1" in text
    assert "she fell" in text
    assert "fast &lt;b&gt; less slow" in text
    assert "<b>fast" not in text
    assert text.count('href="results/00/page.html"') == 1
    assert text.count('href="') == 1  # the others have no page


def test_the_page_tells_the_difference_that_there_is(page_file: Path) -> None:
    (effect,) = [e for e in found().effects if e.factor == "condition"]
    assert effect.low < 8.0 < effect.high
    shown = signed(effect.difference, (effect.high - effect.low) / 2.0)
    assert float(shown) == pytest.approx(effect.difference, abs=0.1)
    assert f"<td>{shown}° (" in page_file.read_text()


def test_a_study_without_a_swing_has_a_page_too(tmp_path: Path) -> None:
    full = found(3)
    tables = {
        name: table.iloc[:0] if name != "trials" else table.assign(status="failed")
        for name, table in full.tables.items()
    }
    tables["costs"] = full.tables["costs"]
    nothing: tuple[Effect, ...] = ()
    bare = Findings(**vars(full) | {"tables": tables, "effects": nothing, "shares": (), "conditions": ()})
    text = write_study_page(bare, tmp_path / "s.html").read_text()
    assert "No swing was analysed." in text
    assert "0 swings" in text


def test_no_two_of_a_dozen_conditions_look_the_same():
    assert len({looks(number) for number in range(12)}) == 12
