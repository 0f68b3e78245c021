"""Reports of bundled runners, their pages, and a browser to open them in."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

import swinglever as sl
from swinglever.page.write import write_page
from swinglever.records.report import SwingReport
from swinglever.synthetic.trials import bundled_trial

# What keeps Chromium from calling home, and lets it draw WebGL without a graphics card.
QUIET = (
    "--no-sandbox",
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
)
WITH_WEBGL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
WITHOUT_WEBGL = ("--disable-gpu", "--disable-3d-apis")


def _analyse(name: str, **more: Any) -> SwingReport:
    files = bundled_trial(name).files
    return sl.analyse(
        files.trial,
        bundled_trial(name).model,
        grf=files.grf,
        external_loads=files.external_loads,
        ik_setup=files.ik_setup,
        **more,
    )


@pytest.fixture(scope="session")
def both_legs() -> SwingReport:
    """The mean runner: two swings a leg, no EMG."""
    return _analyse("mean_35")


@pytest.fixture(scope="session")
def with_emg() -> SwingReport:
    """One swing that the hamstrings pulled, with EMG."""
    files = bundled_trial("pulled").files
    emg = files.trial.with_name(f"{files.trial.stem}_emg.sto")
    return _analyse("pulled", emg=emg)


@pytest.fixture(scope="session")
def page_file(both_legs: SwingReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mean runner's page."""
    return write_page([both_legs], tmp_path_factory.mktemp("page") / "runner.html")


@pytest.fixture(scope="session")
def browser_file() -> str:
    """Chromium: what SWINGLEVER_BROWSER names, else one on the path; without either the test is skipped."""
    named = os.environ.get("SWINGLEVER_BROWSER")
    found = named or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no browser: SWINGLEVER_BROWSER is not set and chromium is not on the path")
    return found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One driver for all browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright, browser_file: str) -> Iterator[Browser]:
    """Chromium that draws WebGL in software."""
    opened = playwright.chromium.launch(executable_path=browser_file, args=[*QUIET, *WITH_WEBGL])
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def flat_browser(playwright: Playwright, browser_file: str) -> Iterator[Browser]:
    """Chromium without WebGL."""
    opened = playwright.chromium.launch(executable_path=browser_file, args=[*QUIET, *WITHOUT_WEBGL])
    yield opened
    opened.close()


@dataclass
class Opened:
    """A page in a browser, with whatever it asked for and said."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


Open = Callable[..., Opened]


def _open(file: Path, within: Browser, width: int = 1440, height: int = 900, **settings: Any) -> Opened:
    """Open a file in a fresh window, and wait until all is drawn."""
    context = within.new_context(viewport={"width": width, "height": height}, **settings)
    opened = Opened(context.new_page())
    opened.page.on("request", lambda request: opened.asked.append(request.url))
    opened.page.on("console", lambda message: opened.said.append(f"{message.type}: {message.text}"))
    opened.page.on("pageerror", lambda error: opened.said.append(str(error)))
    opened.page.goto(file.as_uri())
    opened.page.wait_for_selector("[data-ready]", timeout=60_000)
    return opened


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Open files in windows of their own; a function of the file and of the window's settings."""
    windows = []

    def open_(file: Path, within: Browser = browser, **settings: Any) -> Opened:
        windows.append(_open(file, within, **settings))
        return windows[-1]

    yield open_
    for opened in windows:
        opened.page.context.close()


@pytest.fixture(scope="session")
def _runner(browser: Browser, page_file: Path) -> Opened:
    return _open(page_file, browser)


@pytest.fixture
def shown(_runner: Opened) -> Iterator[Opened]:
    """The mean runner's page on a desk, opened once for all tests; paused, at its top, at the first swing's start."""
    yield _runner
    pause = _runner.page.get_by_role("button", name="Pause")
    if pause.count():
        pause.click()
    _runner.page.locator("select").first.select_option("0")
    _runner.page.locator("input[type=range]").fill("0")
    _runner.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    _runner.asked.clear()
    _runner.said.clear()
