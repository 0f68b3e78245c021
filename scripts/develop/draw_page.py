"""Draw the documentation's pictures of the page and of the figures for papers: `python scripts/develop/draw_page.py`.

Needs a browser: chromium on the path, or what SWINGLEVER_BROWSER names. The runners are the bundled synthetic ones.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import swinglever as sl
from swinglever.figures import save_figure
from swinglever.page.write import write_comparison, write_page
from swinglever.records.report import SwingReport
from swinglever.synthetic.trials import bundled_trial

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
SOFTWARE = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
VIEWS = {"page": (1440, 900), "page_phone": (390, 844)}


def analyse(name: str) -> SwingReport:
    """Analyse a bundled runner, with EMG where it has any."""
    bundled = bundled_trial(name)
    beside = {kind: getattr(bundled.files, kind) for kind in ("grf", "external_loads", "ik_setup")}
    emg = bundled.files.trial.with_name(f"{bundled.files.trial.stem}_emg.sto")
    return sl.analyse(bundled.files.trial, bundled.model, **beside, emg=emg if emg.exists() else None)


def photograph(file: Path, out: Path, size: tuple[int, int], element: str = "") -> None:
    """Take a picture of a page, or of an element of it, in a browser."""
    browser = os.environ.get("SWINGLEVER_BROWSER") or shutil.which("chromium")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=browser, args=SOFTWARE)
        page = opened.new_page(viewport={"width": size[0], "height": size[1]})
        page.goto(file.as_uri())
        page.wait_for_selector("[data-ready]", timeout=120_000)
        if element:
            page.locator(element).first.screenshot(path=out)
        else:
            page.screenshot(path=out)
        opened.close()


def main() -> None:
    """Draw them all into docs/pictures."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    runner, pulled = analyse("mean_35"), analyse("pulled")
    with tempfile.TemporaryDirectory() as folder:
        page = write_page([pulled], Path(folder) / "page.html")
        for name, size in VIEWS.items():
            photograph(page, PICTURES / f"{name}.png", size)
        both = write_comparison([runner, pulled], Path(folder) / "both.html")
        photograph(both, PICTURES / "page_compare.png", VIEWS["page"])
    for kind in ("bounds", "price"):
        save_figure(runner, kind, PICTURES / f"plot_{kind}.svg")
    sys.stdout.write(f"written: {PICTURES}\n")


if __name__ == "__main__":
    main()
