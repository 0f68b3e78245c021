"""Measure a result's page: its size, when the first picture is there, scrubs a second and what each costs.

`python scripts/develop/measure_page.py RESULT.h5`. Needs a browser: chromium on the path, or SWINGLEVER_BROWSER.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

import swinglever as sl
from swinglever.page.write import write_page

SOFTWARE = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
WITHOUT_WEBGL = ("--no-sandbox", "--disable-gpu", "--disable-3d-apis")
SCRUBS = 60
SCRUB = f"""async (moves) => {{
  const slider = document.querySelector("input[type=range]"), start = performance.now();
  for (let k = 0; k < {SCRUBS}; k++) {{
    if (moves) {{
      slider.value = String((k * 2.3) % 100);
      slider.dispatchEvent(new Event("input"));
    }} else document.querySelector(".readout").textContent = String(k);
    await new Promise((go) => requestAnimationFrame(go));
  }}
  return {SCRUBS * 1000} / (performance.now() - start);
}}"""


def family(root: int) -> set[int]:
    """Give a process and all that it started."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(entry.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:  # it has ended
                continue
    found = {root}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def processor_s(processes: set[int]) -> float:
    """Give the processor time that processes have used, s."""
    ticks = 0
    for process in processes:
        try:
            ticks += sum(map(int, Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(page: Page, told: str, moves: bool) -> None:
    """Print scrubs a second, and processor time of each."""
    page.evaluate(SCRUB, moves)
    processes = family(os.getpid()) - {os.getpid()}
    before = processor_s(processes)
    rate = page.evaluate(SCRUB, moves)
    cost = 1000.0 * (processor_s(processes) - before) / SCRUBS
    sys.stdout.write(f"{told}: {rate:.0f} a second, {cost:.0f} ms of processor time each\n")


def main() -> None:
    """Measure the page of one result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path, help="a result file")
    result = parser.parse_args().result
    browser = os.environ.get("SWINGLEVER_BROWSER") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = write_page([sl.read_report(result)], Path(folder) / "page.html")
        sys.stdout.write(f"size: {file.stat().st_size / 1e6:.2f} MB\n")
        for name, arguments in (("WebGL in software", SOFTWARE), ("without WebGL", WITHOUT_WEBGL)):
            opened = driver.chromium.launch(executable_path=browser, args=arguments)
            for visit in ("cold", "warm"):
                page = opened.new_page(viewport={"width": 1440, "height": 900})
                page.goto(file.as_uri())
                page.wait_for_selector("[data-ready]", timeout=120_000)
                first = page.evaluate("performance.getEntriesByName('figure')[0].startTime")
                text = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
                sys.stdout.write(f"{name}, {visit}: text after {text:.0f} ms, figure after {first:.0f} ms\n")
            measure(page, f"{name}, scrubs", moves=True)
            measure(page, f"{name}, frames that change one word and draw no figure", moves=False)
            opened.close()


if __name__ == "__main__":
    main()
