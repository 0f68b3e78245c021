"""The page as a reader meets it, in a browser, from a file."""

import base64
import csv
import dataclasses
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from matplotlib.image import imread
from playwright.sync_api import Browser, Page

from swinglever.causes.standing import gained_deg, standing
from swinglever.page.write import write_comparison, write_page
from swinglever.records.bands import Bands
from swinglever.records.report import SwingReport

Open = Callable[..., Any]
"""Opens a file in a fresh window; gives its page, what it asked for, and what it said."""

SLIDER = "input[type=range]"


def picture(page: Page) -> bytes:
    """What the figure shows."""
    page.wait_for_timeout(100)
    return page.locator(".box canvas").first.screenshot()


def cursors(page: Page) -> set[str]:
    """Where the cursors of all plots stand."""
    return set(page.locator(".cursor").evaluate_all("cursors => cursors.map(cursor => cursor.style.left)"))


def test_the_page_asks_for_nothing_and_says_nothing(open_page: Open, page_file: Path) -> None:
    opened = open_page(page_file)
    opened.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    opened.page.get_by_role("button", name="Play").click()
    opened.page.wait_for_timeout(500)
    assert [url for url in opened.asked if not url.startswith("blob:")] == [page_file.as_uri()]
    assert opened.said == []


def test_the_page_could_not_ask_for_anything(shown: Any) -> None:
    """Its own policy forbids requests, and scripts other than its own."""
    opened = shown
    tried = opened.page.evaluate("fetch('https://example.org').then(() => 'went', () => 'refused')")
    assert tried == "refused"
    opened.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'hit = 1'}))"
    )
    assert opened.page.evaluate("typeof hit") == "undefined"


def test_scrubbing_moves_the_figure_and_every_cursor(shown: Any) -> None:
    page = shown.page
    before = picture(page)
    page.locator(SLIDER).fill("20")
    assert picture(page) != before
    assert cursors(page) == {"20%"}
    assert page.locator(".panel").count() >= 16


def test_dragging_over_a_plot_scrubs(shown: Any) -> None:
    page = shown.page
    plot = page.locator("[data-topic=replays] .u-over").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 60, steps=4)
    page.mouse.up()
    assert float(page.locator(SLIDER).input_value()) == pytest.approx(75.0, abs=1.0)
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 60)
    assert float(page.locator(SLIDER).input_value()) == pytest.approx(75.0, abs=1.0)


def test_a_finger_scrubs(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file, width=390, height=844, has_touch=True, is_mobile=True).page
    plot = page.locator("[data-topic=angles] .u-over").first
    plot.evaluate("plot => plot.scrollIntoView({block: 'end'})")
    box = plot.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + 0.25 * box["width"], box["y"] + 0.8 * box["height"])
    assert float(page.locator(SLIDER).input_value()) == pytest.approx(25.0, abs=1.0)


def test_values_in_the_legend_are_those_of_the_chosen_swing_at_the_cursor(shown: Any, both_legs: SwingReport) -> None:
    page = shown.page
    page.locator("select").first.select_option("2")
    page.locator(SLIDER).fill("40")
    page.locator("[data-topic=angles]").scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    shown = page.locator("[data-topic=angles] .now").first.inner_text()
    expected = np.degrees(both_legs.swings[2].knee_flexion_rad[40])
    assert float(shown.rstrip("°")) == pytest.approx(expected, abs=0.51)


def test_the_keyboard_alone_reaches_everything(shown: Any) -> None:
    page = shown.page
    reached = []
    for _ in range(140):
        page.keyboard.press("Tab")
        told = "e => e.getAttribute('role') || e.tagName + ':' + (e.innerText || e.type || '')"
        reached.append(page.evaluate(f"({told})(document.activeElement)"))
    for control in ("BUTTON:▶ Play", "INPUT:range", "BUTTON:Behind", "img", "slider", "BUTTON:Download CSV", "region"):
        assert control in reached
    assert any(name.startswith("BUTTON:peak flexion") or "peak flexion" in name for name in reached)
    page.locator(SLIDER).focus()
    page.keyboard.press("Home")
    told = page.locator(SLIDER).get_attribute("aria-valuetext")
    assert told is not None
    assert told.startswith("0 % of swing")
    assert "toe-off" in told
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    assert page.locator(SLIDER).input_value() == "11"
    page.locator(".panel").first.focus()
    page.keyboard.press("End")
    assert page.locator(SLIDER).input_value() == "100"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_axe_finds_nothing(open_page: Open, page_file: Path, scheme: str, size: tuple[int, int]) -> None:
    page = open_page(page_file, width=size[0], height=size[1], color_scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 390, 800, 1440])
def test_nothing_sticks_out_sideways(open_page: Open, page_file: Path, width: int) -> None:
    page = open_page(page_file, width=width).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_dark_and_light_follow_the_system_and_the_button(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file, color_scheme="dark").page
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Light").click()
    light = page.evaluate(ground)
    assert sum(map(int, re.findall(r"\d+", dark))) < 150 < 600 < sum(map(int, re.findall(r"\d+", light)))


def test_nothing_moves_by_itself(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file, reduced_motion="reduce").page
    before = picture(page)
    page.wait_for_timeout(400)
    assert picture(page) == before
    assert page.evaluate("document.getAnimations().length") == 0


def test_playing_runs_in_slow_motion_until_it_is_paused(shown: Any) -> None:
    page = shown.page
    page.locator(SLIDER).fill("10")
    page.get_by_label("Speed").select_option("0.1")
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(700)
    page.get_by_role("button", name="Pause").click()
    percent = float(page.locator(SLIDER).input_value())
    assert 12.0 < percent < 60.0
    page.wait_for_timeout(300)
    assert float(page.locator(SLIDER).input_value()) == percent


def test_each_view_looks_from_elsewhere(shown: Any) -> None:
    page = shown.page
    seen = []
    for view in ("Side", "Behind", "Front"):
        page.get_by_role("button", name=view).click()
        seen.append(picture(page))
    assert len(set(seen)) == 3


def test_the_ghost_leg_can_be_chosen_and_left_out(shown: Any) -> None:
    page = shown.page
    seen = []
    for ghost in ("silent_hamstrings", "no_hip_muscles", ""):
        page.get_by_label("Ghost leg").select_option(ghost)
        seen.append(picture(page))
    assert len(set(seen)) == 3


def test_a_frame_of_the_kinogram_brings_the_figure_there(shown: Any) -> None:
    page = shown.page
    frame = page.locator(".frame", has_text="pass under the hip").last
    frame.click()
    assert float(page.locator(SLIDER).input_value()) == pytest.approx(
        float(frame.get_attribute("data-percent") or "nan"), abs=0.5
    )
    assert "pass under the hip" in page.locator(".readout").inner_text()


def test_without_webgl_a_stick_figure_stands_in(open_page: Open, page_file: Path, flat_browser: Browser) -> None:
    opened = open_page(page_file, within=flat_browser)
    page = opened.page
    assert page.locator(".box canvas").get_attribute("data-fallback") == "true"
    before = picture(page)
    page.locator(SLIDER).fill("90")
    assert picture(page) != before
    drawn = page.locator(".box canvas").evaluate(
        "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, k) => k % 4 === 3 && v).length"
    )
    assert drawn > 5000
    assert opened.said == []


def test_it_prints_verdict_kinogram_plots_and_claims(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file).page
    page.emulate_media(media="print")
    assert page.locator(".verdict").is_visible()
    assert page.locator(".strip").first.is_visible()
    assert page.locator("#claim-12").is_visible()
    assert not page.locator(".stage").is_visible()
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 5


def test_csv_gives_the_numbers_back(shown: Any, both_legs: SwingReport) -> None:
    page = shown.page
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download Knee and hip flexion as CSV").click()
    text = Path(waiting.value.path()).read_bytes().decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    swing = both_legs.swings[1]
    mine = [row for row in rows if row["swing"] == swing.id and row["curve"] == "knee"]
    assert [int(row["percent"]) for row in mine] == list(range(101))
    values = [float(row["value"]) for row in mine]
    # 16-bit steps over a range of 150 degrees: 0.0023 degrees.
    np.testing.assert_allclose(values, np.degrees(swing.knee_flexion_rad), atol=0.0025)
    np.testing.assert_allclose([float(row["time_s"]) for row in mine], swing.time_s, atol=2e-6)


HOSTILE = {
    "script": "</script><script>window.hit = 1</script><img src=x onerror='window.hit = 1'>",
    "quotes": "\"'`<b>&amp;{{x}}${y}",
    "long": "runner " * 1450,
    "right to left": "\u202eעדיין שם\u202c",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_shown_as_text(open_page: Open, both_legs: SwingReport, tmp_path: Path, name: str) -> None:
    provenance = dataclasses.replace(both_legs.provenance, trial_name=name, command=name)
    report = dataclasses.replace(both_legs, provenance=provenance, warnings=(name,))
    opened = open_page(write_page([report], tmp_path / "hostile.html"))
    assert opened.page.evaluate("typeof window.hit") == "undefined"
    assert opened.said == []
    assert opened.page.locator(".title bdi").first.text_content() == name
    assert opened.page.locator(".warnings li").text_content() == name
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert opened.page.locator(".box canvas").is_visible()


def test_several_results_are_chosen_by_tabs(
    open_page: Open, both_legs: SwingReport, with_emg: SwingReport, tmp_path: Path
) -> None:
    page = open_page(write_page([both_legs, with_emg], tmp_path / "two.html")).page
    assert page.locator("article:visible").count() == 1
    page.get_by_role("button", name="synthetic_pulled").click()
    page.wait_for_selector("article:visible [data-topic=emg] canvas")
    assert page.locator("article:visible .verdict").inner_text().startswith("The right leg")
    assert page.locator("article:visible").count() == 1


def test_a_comparison_runs_in_step_and_draws_differences(
    open_page: Open, both_legs: SwingReport, with_emg: SwingReport, tmp_path: Path
) -> None:
    opened = open_page(write_comparison([both_legs, with_emg], tmp_path / "two.html"))
    page = opened.page
    page.locator(SLIDER).first.fill("30")
    page.wait_for_timeout(100)
    assert [page.locator(SLIDER).nth(k).input_value() for k in (0, 1)] == ["30", "30"]
    assert {page.locator(".cursor").nth(k).evaluate("c => c.style.left") for k in range(6)} == {"30%"}
    assert page.locator("[data-topic=angles] h4").all_inner_texts() == [
        "Right leg: A solid, B dashed; degrees",
        "Right leg: B less A; degrees",
    ]
    assert opened.said == []


def banded(report: SwingReport) -> SwingReport:
    """The report as if varied inputs moved the hamstrings' share by a fifth both ways."""
    swing = report.swings[0]
    share = swing.attribution["shank"].flexion_of_group("hamstrings")[:, None]
    ends = {"p05_curve_rad": 0.8 * share, "p95_curve_rad": 1.2 * share}
    none = np.zeros(0)
    bands = Bands(names=(), p05_rad=none, p95_rad=none, verdicts={}, curves=("shank/hamstrings",), **ends)
    return dataclasses.replace(report, swings=(dataclasses.replace(swing, bands=bands),))


def test_varied_inputs_bound_curves_and_their_differences(
    open_page: Open, with_emg: SwingReport, tmp_path: Path
) -> None:
    """What the plots draw changes where curves have bands, and only there.

    A spread of none is an area without height, of which Chromium paints a row of pixels or none.
    """
    varied, drawn = banded(with_emg), {}
    for name, pair in {"banded": (varied, varied), "without": (with_emg, with_emg)}.items():
        opened = open_page(write_comparison(pair, tmp_path / f"{name}.html"))
        plots = opened.page.locator("[data-topic=contributions_shank] .panel, [data-topic=angles] .panel")
        drawn[name] = plots.evaluate_all("plots => plots.map(plot => plot.querySelector('canvas').toDataURL())")
        assert opened.said == []
    changed = [rows_that_differ(a, b) for a, b in zip(drawn["banded"], drawn["without"], strict=True)]
    assert [rows > 1 for rows in changed] == [False, False, True, True], changed


def rows_that_differ(*drawn: str) -> int:
    """In how many rows of pixels two pictures differ, given as addresses that hold them."""
    one, other = (imread(io.BytesIO(base64.b64decode(address.partition(",")[2]))) for address in drawn)
    return int((one != other).any(axis=(1, 2)).sum())


QUESTIONS = {
    "Which leg folds more?": r"The (left|right) leg, by \d",
    "Would it fold by itself?": r"every muscle across the knee silent .* the knee would bend to \d",
    "How sure is that?": r"How sure: .*\((\d) of \1 swings\).* none were asked for",
    "Could the hamstrings have pulled?": r"left \d+ % of the early fold, likely \d+ to \d+ %; right .* 25 % on a pull",
    "Is that much for this pace?": r"Trained runners at 3\.\d m/s: 10\d\.\d ± 8\.\d",
    "How short does the lever get?": r"Hip to heel, of the leg's length: 0\.5",
    "How high does the foot pass?": r"the heel is (near the ground|at the height of)",
    "Do the hamstrings pull early or brake late?": r"They pull hardest at (8|9)\d",
    "Are the legs alike?": r"Trained runners: 3\.6° on average, up to 13",
    "What folds the leg?": r"this recording does not decide by what",
    "What can this recording not tell?": r"whether the hamstrings tire",
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_coach_finds_the_answer_in_words(shown: Any, question: str) -> None:
    asked = shown.page.locator("dt", has_text=question)
    answer = asked.locator("xpath=following-sibling::dd[1]").inner_text()
    assert re.search(QUESTIONS[question], answer), answer


def test_each_swing_has_its_range_beside_both_limits(shown: Any, both_legs: SwingReport) -> None:
    """The dark bar's ends are the likely range, and both lines stand at 10 and 25 % of the early fold."""
    page = shown.page
    rows = page.locator("#ranges .range-row")
    assert rows.count() == len(both_legs.swings)
    swings = sorted(both_legs.swings, key=lambda s: s.side)
    for k, swing in enumerate(swings):
        found = standing(swing)
        assert found is not None
        track = rows.nth(k).locator(".track")
        assert (track.get_attribute("aria-label") or "").startswith(f"Swing {swing.id}: ")
        box = track.bounding_box()
        assert box is not None
        ends = [100.0 * end / gained_deg(swing) for end in found.likely_deg]
        bar = track.locator(".likely").bounding_box()
        assert bar is not None
        drawn = [100.0 * (x - box["x"]) / box["width"] for x in (bar["x"], bar["x"] + bar["width"])]
        np.testing.assert_allclose(drawn, np.clip(ends, 0, 100), atol=0.6)
        lines = track.locator(".limit").evaluate_all("lines => lines.map(line => line.style.left)")
        assert lines == ["10%", "25%"]


def test_the_text_reads_without_a_script(browser: Browser, page_file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.locator(".verdict").is_visible()
    assert page.locator(".claim").count() == 12
    assert page.locator("noscript").is_visible()
    context.close()
