"""A plugin costs only itself, whatever it does: it is named, the rest goes on, and strict mode fails."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.attacks.conftest import Run
from tests.unit.processes import PATIENCE_S, is_alive, until

from swinglever.errors import PluginError
from swinglever.output.store import read_report, write_report
from swinglever.page.write import write_page
from swinglever.plugins.manager import Plugins, load_plugins
from swinglever.records.parameters import Parameters
from swinglever.records.report import SwingReport
from swinglever.testing import example_report

_GOOD = """
import swinglever as sl
@sl.metric(unit="s")
def good_time(swing):
    return float(swing.time_s[-1] - swing.time_s[0])
@sl.hookimpl
def swinglever_metrics(): return [good_time]
"""
_METRIC = """
import os, signal, sys, time
import numpy as np
import swinglever as sl
class Here: pass
class Ends:
    def __reduce__(self): return os._exit, (0,)
class Calls:
    def __reduce__(self): return os.system, ("touch called",)
class Odd(Exception):
    def __str__(self): raise ZeroDivisionError
@sl.metric(unit="s")
def odd(swing):
    {body}
@sl.hookimpl
def swinglever_metrics(): return [odd]
"""
_HOOK = """
import os, sys
import swinglever as sl
from swinglever.hookspecs import Section
@sl.hookimpl
def {hook}:
    {body}
"""
BODIES = {
    "sys.exit(0)": "SystemExit: 0",
    "raise BaseException('deep')": "BaseException: deep",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "raise Odd": "Odd: it cannot say why",
    "os._exit(0)": "its process ended with status 0",
    "os.kill(os.getpid(), signal.SIGSEGV)": "its process crashed (Segmentation fault)",
    "os.closerange(0, 100); return 1.0": "its process",
    "np.mean = lambda *a, **k: 42.0; return 1.0": "changed numpy.mean for everybody",
    "return Ends()": "expected records of swinglever, arrays, numbers and texts, got posix._exit",
    "return Calls()": "expected records of swinglever, arrays, numbers and texts, got posix.system",
    "os.write(4, bytes(8) + b'c' * 99); return 1.0": "its process",
    "return Here()": "its answer cannot be taken over",
    "return lambda: 1": "lambda",
    "while True: pass": "did not answer within 2 s (--plugin-timeout)",
    "return bytearray(2**36)": "MemoryError",
}


def _report(plugins: Plugins) -> SwingReport:
    return example_report(plugins, parameters=Parameters(grid_points=25, side="r"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of plugins with one good one in it, which the bad one comes before."""
    place = tmp_path / "pl"
    place.mkdir()
    (place / "good.py").write_text(_GOOD)
    return place


@pytest.fixture(scope="module")
def undisturbed() -> SwingReport:
    """What the example gives without plugins."""
    return _report(Plugins())


def _same_but_for(report: SwingReport, undisturbed: SwingReport) -> None:
    """The same swings, verdicts and metrics as without the plugin, and the good one's number."""
    for swing, other in zip(report.swings, undisturbed.swings, strict=True):
        assert (swing.id, swing.verdict, swing.peak_flexion_deg) == (other.id, other.verdict, other.peak_flexion_deg)
        for name, measured in other.metrics.items():
            assert swing.metrics[name].value == pytest.approx(measured.value, rel=0, abs=0, nan_ok=True), name
        assert swing.metrics["good_time"].value == swing.time_s[-1] - swing.time_s[0]


@pytest.mark.parametrize("body", BODIES)
def test_a_metric_that_misbehaves_costs_its_own_value(folder: Path, undisturbed: SwingReport, body: str) -> None:
    (folder / "bad.py").write_text(_METRIC.format(body=body))
    plugins = load_plugins([folder], patience_s=2.0 if "while" in body else 60.0)
    report = _report(plugins)
    for swing in report.swings:
        measured = swing.metrics["odd"]
        assert measured.value != measured.value
        assert BODIES[body] in measured.reason
    assert any("'bad', metric odd" in warning and BODIES[body] in warning for warning in report.warnings)
    _same_but_for(report, undisturbed)


def test_arrays_that_a_metric_makes_writable_are_its_own_copies(folder: Path, undisturbed: SwingReport) -> None:
    body = (
        "import ctypes; a = swing.knee_flexion_rad; there = (ctypes.c_char * a.nbytes).from_address(a.ctypes.data); "
        "np.ndarray(a.shape, a.dtype, there)[:] = 99.0; return float(a[0])"
    )
    (folder / "bad.py").write_text(_METRIC.format(body=body))
    report = _report(load_plugins([folder]))
    assert {swing.metrics["odd"].value for swing in report.swings} == {99.0}
    _same_but_for(report, undisturbed)


@pytest.mark.parametrize(
    ("hook", "body"),
    [
        ("swinglever_metrics()", "sys.exit(0)"),
        ("swinglever_metrics()", "os.abort()"),
        ("swinglever_report_ready(report)", "sys.exit(0)"),
        ("swinglever_report_ready(report)", "os.abort()"),
        ("swinglever_find_swings(trial, model)", "sys.exit(0)"),
        ("swinglever_find_swings(trial, model)", "os.abort()"),
        ("swinglever_muscle_solvers()", "sys.exit(0)"),
        ("swinglever_engines()", "sys.exit(0)"),
    ],
)
def test_a_hook_that_misbehaves_is_passed_over(folder: Path, undisturbed: SwingReport, hook: str, body: str) -> None:
    (folder / "bad.py").write_text(_HOOK.format(hook=hook, body=body))
    plugins = load_plugins([folder])
    report = _report(plugins)
    assert {fault.plugin for fault in plugins.faults} == {"bad"}
    assert hook.partition("(")[0] in plugins.faults[0].where
    assert any("'bad'" in warning for warning in report.warnings)
    _same_but_for(report, undisturbed)
    with pytest.raises(PluginError, match="plugin 'bad'"):
        _report(load_plugins([folder], strict=True))


@pytest.mark.parametrize("text", ["import sys; sys.exit(0)", "import os; os.abort()", "raise KeyboardInterrupt"])
def test_a_plugin_that_misbehaves_while_it_is_imported_is_skipped(folder: Path, text: str) -> None:
    (folder / "bad.py").write_text(text)
    plugins = load_plugins([folder])
    assert [(fault.plugin, fault.where) for fault in plugins.faults] == [("bad", "import")]
    assert set(plugins.loaded) == {"swinglever", "good"}


def test_a_plugin_lost_in_one_metric_still_gives_its_others(folder: Path) -> None:
    text = _METRIC.format(body="os._exit(7)").replace("return [odd]", "return [odd, even]")
    even = '@sl.metric(unit="s")\ndef even(swing): return 2.0\n'
    (folder / "bad.py").write_text(text.replace("@sl.hookimpl", even + "@sl.hookimpl"))
    report = _report(load_plugins([folder]))
    assert {swing.metrics["even"].value for swing in report.swings} == {2.0}
    assert all("ended with status 7" in swing.metrics["odd"].reason for swing in report.swings)


def test_what_a_plugin_prints_or_marks_up_harms_neither_json_nor_tables(
    place: Path, run: Run, result: Path, tmp_path: Path
) -> None:
    (tmp_path / "pl").mkdir()
    (tmp_path / "pl" / "loud.py").write_text(
        "import os\nimport swinglever as sl\nfrom swinglever.hookspecs import Section\nprint('{', flush=True)\n"
        "@sl.hookimpl\ndef swinglever_report_sections(report):\n    print('}')\n    os.write(1, b'[')\n"
        "    return [Section(title='[/bold]', header=('a', 'why undefined'), rows=[('[bold]x', '[/red]\\x1b[31m')])]\n"
    )
    shutil.copy(result, place / "small.h5")
    told = run("show", "small.h5", "--json", "--plugins-dir", "pl")
    assert told.status == 0, told.err
    assert json.loads(told.out)["swings"]
    table = run("show", "small.h5", "--plugins-dir", "pl")
    assert table.status == 0, table.err
    assert "[bold]x" in table.out
    assert "[/red]" in table.out
    assert "\x1b[31m" not in table.out


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_plugin_at_work_ends_with_a_program_that_is_killed(folder: Path, tmp_path: Path) -> None:
    body = "open('pid', 'w').write(str(os.getpid())); os.rename('pid', 'told'); [x for x in iter(int, 1)]"
    (folder / "bad.py").write_text(_METRIC.format(body=body))
    told = tmp_path / "told"
    ask = f"from tests.attacks.test_bad_plugins import _report, load_plugins; _report(load_plugins([{str(folder)!r}]))"
    where = os.pathsep.join([*sys.path, str(Path(__file__).resolve().parents[2])])
    child = subprocess.Popen([sys.executable, "-c", ask], cwd=tmp_path, env=os.environ | {"PYTHONPATH": where})
    until(told.exists)
    assert is_alive(int(told.read_text()))
    child.kill()
    child.wait(PATIENCE_S)
    until(lambda: not is_alive(int(told.read_text())))


def test_a_copy_that_a_plugin_makes_of_its_process_answers_nothing(folder: Path) -> None:
    text = _METRIC.format(body="os.fork(); return 1.0").replace("return [odd]", "return [odd, even]")
    even = '@sl.metric(unit="s")\ndef even(swing): return 2.0\n'
    (folder / "bad.py").write_text(text.replace("@sl.hookimpl", even + "@sl.hookimpl"))
    report = _report(load_plugins([folder]))
    assert {swing.metrics["odd"].value for swing in report.swings} == {1.0}
    assert {swing.metrics["even"].value for swing in report.swings} == {2.0}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("unit=5", "expected the unit of a metric as a text of up to 2000 letters, got int"),
        ("unit=None", "expected the unit of a metric as a text of up to 2000 letters, got NoneType"),
        ("unit='s', meaning=7", "expected the meaning of a metric as a text of up to 2000 letters, got int"),
        ("unit='s', meaning='x' * 10**6", "got 1000000 letters"),
        ("unit='s', name='x' * 10**6", "got 1000000 letters"),
        ("unit='s', claim='first'", "expected the number of a claim, got str"),
    ],
)
def test_a_metric_that_says_of_itself_what_cannot_be_shown_is_passed_over(
    folder: Path, undisturbed: SwingReport, asked: str, said: str
) -> None:
    (folder / "bad.py").write_text(_METRIC.replace('unit="s"', asked).format(body="return 1.0"))
    plugins = load_plugins([folder])
    report = _report(plugins)
    assert any(said in fault.error for fault in plugins.faults), plugins.faults
    _same_but_for(report, undisturbed)


@pytest.mark.parametrize(
    ("hook", "body"),
    [
        ("swinglever_report_sections(report)", "return [Section(title=5)]"),
        ("swinglever_report_sections(report)", "return [Section(title='t', header=('a',), rows=[(5,)])]"),
        ("swinglever_report_sections(report)", "return [Section(title='t', text=7)]"),
        ("swinglever_report_sections(report)", "return [Section(title='t', header=5)]"),
        ("swinglever_engines()", "return {'a': sl.hookspecs.Engine(suffixes=5, load=print)}"),
    ],
)
def test_what_cannot_be_shown_or_asked_of_a_plugin_is_named(folder: Path, hook: str, body: str) -> None:
    (folder / "bad.py").write_text(
        _HOOK.format(hook=hook, body=body)
        .replace("sl.hookspecs.", "")
        .replace("import Section", "import Engine, Section")
    )
    plugins = load_plugins([folder])
    plugins.sections(example_report(parameters=Parameters(grid_points=25)))
    plugins.offers("swinglever_engines")
    assert {fault.plugin for fault in plugins.faults} == {"bad"}


@pytest.mark.parametrize("asked", ["unit='s'", "unit='a\\0b'", "unit='s', meaning='\\ud800'"])
def test_texts_of_a_plugin_that_no_file_can_hold_are_written_out(folder: Path, tmp_path: Path, asked: str) -> None:
    text = _METRIC.replace('unit="s"', asked).format(body="raise ValueError('one\\0two\\ud800')")
    (folder / "bad.py").write_text(text)
    report = _report(load_plugins([folder]))
    (read, *_) = read_report(write_report(report, tmp_path / "r.h5")).swings
    told = read.metrics["odd"]
    assert "one\\x00two\\ud800" in told.reason or "a\\x00b" in told.reason
    assert write_page([report], tmp_path / "r.html").read_text(encoding="utf-8")
