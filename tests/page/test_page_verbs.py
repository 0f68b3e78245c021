"""The verbs report, compare and plot, as a user types them."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import swinglever as sl
from swinglever.cli.app import cli
from swinglever.records.report import SwingReport


@pytest.fixture(scope="module")
def results(both_legs: SwingReport, with_emg: SwingReport, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("results")
    first, second = folder / "a.h5", folder / "b.h5"
    sl.write_report(both_legs, first)
    sl.write_report(with_emg, second)
    return str(first), str(second)


def run(*arguments: str):
    return CliRunner().invoke(cli, list(arguments))


def test_report_writes_one_page_of_several_results(results: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "r.html"
    done = run("report", *results, "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"written": [str(out)]}
    text = out.read_text(encoding="utf-8")
    assert text.count("<article") == 2
    assert "://" not in text.split("<script>")[0].replace("http://www.w3.org", "")


def test_report_shows_what_a_plugin_adds(results: tuple[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "lab.py").write_text(
        "import swinglever as sl\nfrom swinglever.hookspecs import Section\n"
        "@sl.hookimpl\ndef swinglever_report_sections(report):\n"
        "    return [Section(title='Our lab', header=['a'], rows=[['<b>']])]\n",
        encoding="utf-8",
    )
    out = tmp_path / "r.html"
    done = run("report", results[0], "--out", str(out), "--plugins-dir", str(folder))
    assert done.exit_code == 0, done.output
    text = out.read_text(encoding="utf-8")
    assert "<h2>Our lab</h2>" in text
    assert "&lt;b&gt;" in text
    assert text.count("Degrees of the fold by cause") == 0


def test_compare_prints_ten_differences_and_writes_all(results: tuple[str, str], tmp_path: Path) -> None:
    table, page = tmp_path / "c.csv", tmp_path / "c.html"
    done = run("compare", *results, "--csv", str(table), "--out", str(page))
    assert done.exit_code == 0, done.output
    shown = [line for line in done.stdout.splitlines() if " right " in line or " left " in line or " both " in line]
    assert len(shown) == 10
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 50
    peak = next(row for row in rows if row["metric"] == "peak_knee_flexion")
    assert float(peak["difference"]) == pytest.approx(float(peak["second_mean"]) - float(peak["first_mean"]))
    assert page.read_text(encoding="utf-8").count('class="comparison"') == 1


def test_compare_needs_two_results(results: tuple[str, str]) -> None:
    done = run("compare", results[0])
    assert "expected two results or more to compare, got 1" in str(done.exception)


def test_plot_writes_a_figure(results: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "f.svg"
    assert run("plot", results[0], "--kind", "ablation", "--out", str(out)).exit_code == 0
    assert "without the net hip moment" in out.read_text(encoding="utf-8")
