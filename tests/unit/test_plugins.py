"""Plugins: good ones are heard, bad ones are named and harm nothing but themselves."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import swinglever as sl
from swinglever import hookspecs, testing
from swinglever.cli.app import cli
from swinglever.errors import EngineError, InputError, MissingFileError, PluginError
from swinglever.output.store import read_report, write_report
from swinglever.plugins.manager import Plugins, load_plugins
from swinglever.synthetic.planar_runner import planar_runner
from swinglever.testing import check, write_example_trial

_ROOT = Path(__file__).resolve().parents[2]
_GOOD = """
import swinglever as sl
@sl.metric(unit="s")
def swing_time(swing: sl.Swing) -> float:
    "Time from toe-off to foot strike."
    return float(swing.time_s[-1] - swing.time_s[0])
@sl.hookimpl
def swinglever_metrics(): return [swing_time]
"""
_PLANAR_ENGINE = """
import swinglever as sl
from swinglever.synthetic.planar_runner import planar_runner
from swinglever.hookspecs import Engine
@sl.hookimpl
def swinglever_engines(): return {"planar": Engine(suffixes=(".planar",), load=lambda path: planar_runner())}
"""
_METRIC = """
import numpy as np
import swinglever as sl
@sl.metric(unit="{unit}")
def {name}(swing):
    {body}
@sl.hookimpl
def swinglever_metrics(): return [{name}]
"""


def _example(plugins: Plugins | None = None) -> sl.SwingReport:
    """The example on a coarse grid: what plugins do does not depend on it, and it takes a quarter of the time."""
    return testing.example_report(plugins, parameters=sl.Parameters(grid_points=25))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of plugins with one good one in it."""
    (tmp_path / "good.py").write_text(_GOOD)
    return tmp_path


def _bad(folder: Path, text: str, name: str = "bad") -> Plugins:
    (folder / f"{name}.py").write_text(text)
    return load_plugins([folder])


def _the_good_one_is_unharmed(plugins: Plugins) -> sl.SwingReport:
    report = _example(plugins)
    swing = report.swing("r_1")
    measured = swing.metrics["swing_time"]
    assert (measured.value, measured.unit, measured.plugin) == (swing.time_s[-1] - swing.time_s[0], "s", "good")
    assert swing.metrics["swing_duration"].plugin == "swinglever"
    assert np.isfinite(swing.metrics["swing_duration"].value)
    return report


def test_a_good_plugin_enters_the_result_with_version_and_source_hash(folder: Path, tmp_path: Path) -> None:
    report = _the_good_one_is_unharmed(load_plugins([folder]))
    entry = read_report(write_report(report, tmp_path / "r.h5")).provenance.plugins["good"]
    assert len(entry["sha256"]) == 64
    assert entry["hooks"] == ["swinglever_metrics"]
    (folder / "good.py").write_text(_GOOD + "\n")
    assert load_plugins([folder]).as_table()["good"]["sha256"] != entry["sha256"]


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("import no_such_module_at_all", "import", "No module named 'no_such_module_at_all'"),
        ("def broken(:", "import", "SyntaxError"),
        ("raise SystemExit(3)", "import", "SystemExit: 3"),
        (_GOOD.replace("swinglever_metrics", "swinglever_metrix"), "import", "did you mean 'swinglever_metrics'?"),
        (_GOOD.replace("@sl.hookimpl", ""), "import", "put @swinglever.hookimpl above it"),
        (_GOOD.replace("swinglever_metrics()", "swinglever_metrics(frames)"), "import", "frames"),
        (_GOOD.replace("@sl.hookimpl", "@sl.hookimpl(wrapper=True)").replace("return [", "yield ["), "import", "wrap"),
        ("SWINGLEVER_API = 99" + _GOOD, "import", "written for plugin API 99"),
        ("x = 1", "import", "implements no hook"),
        (_GOOD.replace("return [swing_time]", "raise KeyError('oops')"), "swinglever_metrics", "KeyError: 'oops'"),
        (_GOOD.replace("return [swing_time]", "return 3"), "swinglever_metrics", "not iterable"),
        (_GOOD.replace("return [swing_time]", "return ['time']"), "swinglever_metrics", "expected metrics"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)
def test_a_broken_plugin_is_named_with_its_traceback_and_skipped(
    folder: Path, text: str, where: str, says: str
) -> None:
    plugins = _bad(folder, text)
    report = _the_good_one_is_unharmed(plugins)
    fault = plugins.faults[0]
    assert (fault.plugin, fault.where) == ("bad", where)
    assert says in fault.error
    assert "Traceback" in fault.trace
    assert any("'bad'" in warning and says in warning for warning in report.warnings)
    assert report.provenance.plugins["bad"]["faults"][0]["traceback"] == fault.trace


@pytest.mark.parametrize(
    ("unit", "body", "reason"),
    [
        ("s", "raise ValueError('no such curve')", "ValueError: no such curve"),
        ("s", "return np.ones(3)", "expected a number, got an array of shape (3,)"),
        ("s", "return [[1], [1, 2]]", "expected a number, got a ragged list"),
        ("s", "return 'long'", "expected a number, got str"),
        ("s", "return None", "expected a number, got NoneType"),
        ("s", "return True", "expected a number, got bool"),
        ("s", "return 1j", "expected a number, got complex"),
        ("s", "return float('inf')", "expected a finite number, got an infinite one"),
        ("furlong", "return 1.0", "unit 'furlong' is not made of known symbols"),
        ("", "return 1.0", "no unit declared"),
    ],
)
def test_a_bad_metric_costs_its_own_value_and_says_why(folder: Path, unit: str, body: str, reason: str) -> None:
    plugins = _bad(folder, _METRIC.format(unit=unit, name="odd", body=body))
    report = _the_good_one_is_unharmed(plugins)
    for swing in report.swings:
        assert np.isnan(swing.metrics["odd"].value)
        assert swing.metrics["odd"].reason == reason
    assert sum("metric odd" in warning for warning in report.warnings) == 1
    with pytest.raises(PluginError, match="plugin 'bad', metric odd"):
        _example(load_plugins([folder], strict=True))


def test_nan_that_a_metric_gives_on_purpose_is_no_fault(folder: Path) -> None:
    plugins = _bad(folder, _METRIC.format(unit="s", name="absent", body="raise sl.UndefinedError('no elbow')"))
    report = _the_good_one_is_unharmed(plugins)
    assert report.swing("r_1").metrics["absent"].reason == "no elbow"
    assert not plugins.faults
    assert not any("absent" in warning for warning in report.warnings)


def test_a_plugin_cannot_change_what_others_see(folder: Path) -> None:
    body = "swing.time_s[:] = 0.0; return 1.0"
    report = _the_good_one_is_unharmed(_bad(folder, _METRIC.format(unit="s", name="vandal", body=body)))
    assert "read-only" in report.swing("r_1").metrics["vandal"].reason


def test_two_plugins_that_offer_one_name_are_an_error_that_names_both(folder: Path) -> None:
    plugins = _bad(folder, _GOOD, "twin")
    with pytest.raises(PluginError, match=r"'good' and 'twin' both offer 'swing_time'.*SWINGLEVER_DISABLE_PLUGINS"):
        _example(plugins)


def test_a_plugin_cannot_take_a_built_in_name(folder: Path) -> None:
    plugins = _bad(folder, _METRIC.format(unit="s", name="swing_duration", body="return 1.0"))
    with pytest.raises(PluginError, match="'swinglever' and 'bad' both offer 'swing_duration'"):
        _example(plugins)


def test_two_plugins_of_one_name_are_an_error_that_names_both_places(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "good.py").write_text(_GOOD)
    with pytest.raises(PluginError, match=f"two plugins are called 'good': {folder}/good.py and {other}/good.py"):
        load_plugins([folder, other])


def test_strict_makes_a_broken_plugin_an_error(folder: Path) -> None:
    (folder / "bad.py").write_text("import no_such_module_at_all")
    with pytest.raises(PluginError, match="plugin 'bad', import: ModuleNotFoundError"):
        load_plugins([folder], strict=True)


@pytest.mark.parametrize("names", ["good", "x, good", "all"])
def test_the_environment_switches_plugins_off(folder: Path, monkeypatch: pytest.MonkeyPatch, names: str) -> None:
    monkeypatch.setenv("SWINGLEVER_DISABLE_PLUGINS", names)
    assert list(load_plugins([folder]).loaded) == ["swinglever"]


def test_a_folder_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="expected a folder of plugins"):
        load_plugins([tmp_path / "nowhere"])


def test_a_trial_reader_that_fails_is_passed_over_and_named_when_all_fail(folder: Path, tmp_path: Path) -> None:
    reader = "import swinglever as sl\n@sl.hookimpl\ndef swinglever_read_trial(path): raise RuntimeError('my reader')"
    plugins = _bad(folder, reader)
    _the_good_one_is_unharmed(plugins)
    with pytest.raises(InputError) as caught:
        sl.analyse(tmp_path / "run.xyz", "m.osim", plugins=_bad(folder, reader))
    assert any("my reader" in note for note in caught.value.__notes__)


def test_the_command_line_tells_which_reader_was_passed_over(folder: Path, tmp_path: Path) -> None:
    (folder / "bad.py").write_text(
        "import swinglever as sl\n@sl.hookimpl\ndef swinglever_read_trial(path): raise RuntimeError('my reader')"
    )
    trial = tmp_path / "run.xyz"
    trial.write_text("1 2 3")
    done = subprocess.run(
        [sys.executable, "-m", "swinglever", "analyse", str(trial), "--model", "m.osim", "--plugins-dir", str(folder)],
        env=os.environ | {"PYTHONPATH": str(_ROOT / "plugin")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 2
    warning, error = done.stderr.splitlines()
    assert warning == "warning: plugin 'bad', swinglever_read_trial: RuntimeError: my reader"
    assert error.startswith("error: expected a trial")


def test_a_trial_reader_that_gives_something_else_is_passed_over(folder: Path) -> None:
    plugins = _bad(folder, "import swinglever as sl\n@sl.hookimpl\ndef swinglever_read_trial(path): return 'a trial'")
    report = sl.analyse(write_example_trial(folder), planar_runner(), plugins=plugins)
    assert len(report.swings) > 2
    assert plugins.faults[0].error == "TypeError: expected a Trial or None, got str"


def test_a_swing_finder_is_heard_before_the_built_in(folder: Path) -> None:
    finder = """
import swinglever as sl
from swinglever.motion.swings import find_swings
@sl.hookimpl
def swinglever_find_swings(trial, model, kinematics, parameters):
    return tuple(s for s in find_swings(trial, model, kinematics, parameters) if s.side == "l")
"""
    report = _example(_bad(folder, finder))
    assert {swing.side for swing in report.swings} == {"l"}


def test_an_engine_is_chosen_by_the_ending_of_the_model(folder: Path, tmp_path: Path) -> None:
    plugins = _bad(folder, _PLANAR_ENGINE)
    trial = write_example_trial(tmp_path)
    assert sl.analyse(trial, "leg.planar", plugins=plugins).provenance.model_name == "planar runner"
    with pytest.raises(InputError, match=r"ends in one of \.osim or \.planar, got 'leg.urdf'"):
        sl.analyse(trial, "leg.urdf", plugins=plugins)


@pytest.mark.parametrize(
    ("suffix", "load", "says"),
    [
        (".planar", "lambda path: 1 / 0", "plugin 'bad' failed to load 'leg.planar': ZeroDivisionError"),
        (".planar", "lambda path: 'a leg'", "expected the engine for '.planar' to give a Model, got str"),
        (".osim", "lambda path: None", r"plugins swinglever and bad all offer an engine for '.osim'"),
    ],
)
def test_an_engine_that_fails_is_named(folder: Path, tmp_path: Path, suffix: str, load: str, says: str) -> None:
    engine = (
        "import swinglever as sl\nfrom swinglever.hookspecs import Engine\n@sl.hookimpl\n"
        f"def swinglever_engines(): return {{'planar': Engine(suffixes=('{suffix}',), load={load})}}"
    )
    with pytest.raises((PluginError, EngineError), match=says):
        sl.analyse(write_example_trial(tmp_path), f"leg{suffix}", plugins=_bad(folder, engine))


@pytest.mark.parametrize(
    ("hook", "answer", "says"),
    [
        ("swinglever_engines()", "{'x': 3}", "expected an Engine as 'x', got int"),
        ("swinglever_exporters()", "{'x': 3}", "expected a function as 'x', got int"),
        ("swinglever_muscle_solvers()", "[len]", "expected a dictionary by name, got list"),
        ("swinglever_find_swings(trial)", "('r_1',)", "expected one or more SwingEvents, got ['str']"),
        ("swinglever_find_swings(trial)", "()", "expected one or more SwingEvents, got none"),
        ("swinglever_report_sections(report)", "[3]", "expected swinglever.hookspecs.Section, got int"),
    ],
)
def test_an_answer_of_the_wrong_kind_is_a_fault_of_that_hook(folder: Path, hook: str, answer: str, says: str) -> None:
    plugins = _bad(folder, f"import swinglever as sl\n@sl.hookimpl\ndef {hook}: return {answer}")
    plugins.sections(_the_good_one_is_unharmed(plugins))
    assert {(f.plugin, f.where) for f in plugins.faults} == {("bad", hook.split("(")[0])}
    assert says in plugins.faults[0].error


def test_every_finished_analysis_is_announced_and_a_listener_that_fails_costs_nothing(folder: Path) -> None:
    plugins = _bad(
        folder,
        "from pathlib import Path\nimport swinglever as sl\n@sl.hookimpl\ndef swinglever_report_ready(report):\n"
        "    Path(__file__).with_suffix('.heard').write_text(str(len(report.swings)))\n    raise OSError('disk full')",
    )
    report = _the_good_one_is_unharmed(plugins)
    assert (folder / "bad.heard").read_text() == str(len(report.swings))
    assert any("disk full" in warning for warning in report.warnings)


def test_a_section_that_is_no_table_of_texts_is_left_out(folder: Path) -> None:
    plugins = _bad(
        folder,
        "import swinglever as sl\nfrom swinglever.hookspecs import Section\n@sl.hookimpl\n"
        "def swinglever_report_sections(report): return [Section(title='t', header=['a', 'b'], rows=[['1', 2]])]",
    )
    titles = [section.title for section in plugins.sections(_example())]
    assert len(titles) == 4  # the built-in ones
    assert "t" not in titles
    assert "expected rows of 2 texts" in plugins.faults[0].error


def test_the_built_ins_use_every_hook_but_those_that_stand_beside_a_table() -> None:
    beside = {"swinglever_verbs", "swinglever_muscle_groups", "swinglever_ablation_cases"}
    specs = [name for name in vars(hookspecs) if name.startswith("swinglever_")]
    assert list(Plugins().loaded["swinglever"].hooks) == [name for name in specs if name not in beside]
    assert len(specs) == 11


def test_the_muscle_solver_goes_through_its_hook() -> None:
    assert "static_optimization" in Plugins().offers("swinglever_muscle_solvers")


# --- the command line ------------------------------------------------------------------------------------------------


def test_plugins_list_names_hooks_and_faults(folder: Path) -> None:
    (folder / "bad.py").write_text("import no_such_module_at_all")
    shown = CliRunner().invoke(cli, ["plugins", "list", "--plugins-dir", str(folder)])
    assert (shown.exit_code, shown.exception) == (0, None)
    assert f"good  ({folder}/good.py): metrics" in shown.stdout
    assert "bad  (not loaded): nothing" in shown.stdout
    assert "Traceback" in shown.stderr
    told = CliRunner().invoke(cli, ["plugins", "list", "--json", "--plugins-dir", str(folder)])
    assert json.loads(told.stdout)["bad"]["faults"][0]["where"] == "import"


def test_plugins_list_lists_all_and_then_tells_of_a_collision(folder: Path) -> None:
    (folder / "twin.py").write_text(_GOOD)
    shown = CliRunner().invoke(cli, ["plugins", "list", "--plugins-dir", str(folder)])
    assert [line.split(" ")[0] for line in shown.stdout.splitlines()] == ["swinglever", "good", "twin"]
    assert "'good' and 'twin' both offer 'swing_time'" in str(shown.exception)


@pytest.mark.parametrize("name", ["knee-lab", "K2"])
def test_a_new_plugin_passes_its_own_test_and_the_check(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    assert CliRunner().invoke(cli, ["plugins", "new", name, "--out", str(folder)]).exit_code == 0
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(_ROOT / "plugin"), str(folder)])},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout
    assert "2 passed" in tested.stdout
    checked = CliRunner().invoke(cli, ["plugins", "check", str(folder)])
    assert checked.exit_code == 0, checked.output
    assert f"{name.lower().replace('-', '_')}_knee_extension_range = " in checked.stdout


def test_a_new_plugin_is_loaded_from_its_folder_without_its_test(tmp_path: Path) -> None:
    assert CliRunner().invoke(cli, ["plugins", "new", "lab", "--out", str(tmp_path / "lab")]).exit_code == 0
    listed = CliRunner().invoke(
        cli, ["plugins", "list", "--json", "--strict-plugins", "--plugins-dir", tmp_path / "lab"]
    )
    assert listed.exit_code == 0, listed.output
    assert list(json.loads(listed.stdout)) == ["swinglever", "lab"]


def test_a_new_plugin_names_its_files_as_json(tmp_path: Path) -> None:
    made = CliRunner().invoke(cli, ["plugins", "new", "lab", "--out", str(tmp_path / "lab"), "--json"])
    assert made.exit_code == 0, made.output
    written = json.loads(made.stdout)["written"]
    assert sorted(written) == sorted(str(path) for path in (tmp_path / "lab").rglob("*") if path.is_file())
    assert len(written) == 6


@pytest.mark.parametrize("name", ["3d", "a b", "", "../up"])
def test_a_name_that_cannot_be_a_module_is_refused(tmp_path: Path, name: str) -> None:
    from swinglever.plugins.skeletons import write_skeleton

    with pytest.raises(InputError, match="expected a name"):
        write_skeleton(name, tmp_path / "x")


def test_a_new_plugin_never_overwrites(folder: Path) -> None:
    from swinglever.plugins.skeletons import write_skeleton

    with pytest.raises(InputError, match="not empty"):
        write_skeleton("lab", folder)


def test_check_fails_on_a_plugin_at_fault(tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text(_METRIC.format(unit="s", name="odd", body="return 1 / 0"))
    shown = CliRunner().invoke(cli, ["plugins", "check", str(path)])
    assert shown.exit_code == 1
    assert "metric odd: ZeroDivisionError: division by zero" in shown.stdout
    assert "Traceback" in shown.stdout


def test_check_of_nothing_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"expected a \.py file, or a folder with a pyproject.toml"):
        check(tmp_path)


def test_an_unknown_format_lists_those_that_there_are(tmp_path: Path) -> None:
    result = write_report(_example(), tmp_path / "r.h5")
    shown = CliRunner().invoke(cli, ["export", str(result), "--format", "xlsx", "--out", str(tmp_path)])
    assert "there is no format 'xlsx'; there are csv, " in str(shown.exception)


def test_exported_tables_hold_what_the_report_holds(tmp_path: Path) -> None:
    report = _example()
    result = write_report(report, tmp_path / "r.h5")
    shown = CliRunner().invoke(cli, ["export", str(result), "--format", "csv", "--out", str(tmp_path), "--json"])
    paths = [Path(p) for p in json.loads(shown.stdout)["written"]]
    tables = ("metrics", "shares", "swings", "ablations", "bounds", "curves")
    assert [p.name for p in paths] == [*(f"mean_runner_{t}.csv" for t in tables), "mean_runner_columns.json"]
    header, *rows = [line.split(",") for line in paths[0].read_text().splitlines()]
    row = next(r for r in rows if r[1:4] == ["r_1", "r", "peak_knee_flexion"])
    assert float(row[header.index("value")]) == report.swing("r_1").peak_flexion_deg
    absent = next(r for r in rows if r[1] == "r_1" and r[3] == "hamstring_force_peak")
    assert (absent[header.index("value")], absent[header.index("reason")]) == ("", "no muscle forces")
    curves = [line.split(",") for line in paths[tables.index("curves")].read_text().splitlines()]
    alone = [r for r in curves[1:] if r[curves[0].index("item")] == ""]
    assert len(alone) == sum(len(s.time_s) * (2 + len(s.lever)) for s in report.swings)


@pytest.fixture(scope="module")
def installed_lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The laboratory's plugin from scripts/, installed into a folder of its own by pip."""
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--target", str(target), str(_ROOT / "scripts" / "lab_plugin")], check=True, timeout=600)
    return target


@pytest.fixture
def run_installed(installed_lab: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line in a process in which the laboratory's plugin is installed."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(_ROOT / "plugin"), str(installed_lab)])
        return subprocess.run(
            [sys.executable, "-m", "swinglever", *arguments],
            env=os.environ | {"PYTHONPATH": path} | environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    return run


def test_an_installed_plugin_is_found_by_its_entry_point(
    run_installed: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    listed = json.loads(run_installed("plugins", "list", "--json").stdout)
    assert listed["foot_lab"]["version"] == "1.2.0"
    assert len(listed["foot_lab"]["hooks"]) == 4
    assert "faults" not in listed["foot_lab"]
    assert "foot_lab" not in json.loads(run_installed("plugins", "list", "--json", SWINGLEVER_LOAD_PLUGINS="").stdout)


def test_an_installed_plugin_adds_to_report_and_exports(
    run_installed: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    result = write_report(_example(), tmp_path / "r.h5")
    shown = run_installed("show", str(result))
    assert "deepest fold: 107°" in shown.stdout
    assert run_installed("export", str(result), "--format", "peaks", "--out", str(tmp_path)).returncode == 0
    assert len(json.loads((tmp_path / "peaks.json").read_text())) == 8


def _angles_of_a_laboratory(folder: Path) -> Path:
    """The mean runner in the form of the laboratory's plugin: commas, degrees and metres."""
    from swinglever.synthetic.planar_runner import planar_runner, running_coordinates

    time_s, q = running_coordinates()
    rows = [",".join(["time", *planar_runner().coordinate_names])]
    for t, row in zip(time_s, q, strict=True):
        rows.append(",".join(f"{v:.9g}" for v in (t, row[0], row[1], *np.degrees(row[2:]))))
    trial = folder / "run.angles"
    trial.write_text("\n".join(rows) + "\n")
    return trial


def test_both_verbs_use_the_readers_and_engines_of_plugins(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from swinglever.cli.app import main

    _bad(folder, _PLANAR_ENGINE)
    trial = _angles_of_a_laboratory(tmp_path)
    monkeypatch.chdir(tmp_path)
    places = ["--plugins-dir", str(_ROOT / "scripts" / "lab_plugin"), "--plugins-dir", str(folder)]
    asked = [str(trial), "--model", "leg.planar", *places, "--muscle-solver", "none", "--side", "r", "--json"]
    for status, said in ((0, ""), (2, "nearest column 'knie_angle_r': rename it")):
        for verb in ("check", "analyse"):
            with pytest.raises(SystemExit) as end:
                main([verb, *asked])
            told = capsys.readouterr()
            assert (end.value.code or 0) == status, (verb, told)
            assert said in told.out + told.err
        trial.write_text(trial.read_text().replace("knee_angle_r", "knie_angle_r"))
    assert (tmp_path / "run.h5").exists()


def test_ground_forces_that_a_plugins_reader_leaves_out_are_read_beside_it(folder: Path, tmp_path: Path) -> None:
    from swinglever.synthetic.planar_runner import planar_runner

    trial, table = _angles_of_a_laboratory(tmp_path), "time\tgrf_vx\tgrf_vy\tgrf_vz\n0\t0\tnan\t0\n3\t0\t0\t0\n"
    (tmp_path / "grf.mot").write_text(f"forces\nendheader\n{table}")
    plugins = load_plugins([_ROOT / "scripts" / "lab_plugin"])
    with pytest.raises(InputError, match=r"ground force 'grf': expected a number in every row"):
        sl.analyse(trial, planar_runner(), grf=tmp_path / "grf.mot", plugins=plugins)


def test_the_laboratorys_plugin_reads_its_own_files_and_measures(tmp_path: Path) -> None:
    from swinglever.synthetic.planar_runner import planar_runner

    trial = _angles_of_a_laboratory(tmp_path)
    report = sl.analyse(trial, planar_runner(), plugins=load_plugins([_ROOT / "scripts" / "lab_plugin"]))
    swing = report.swing("r_1")
    assert swing.metrics["foot_speed_at_pass"].plugin == "foot_lab"
    # The foot must make up for the belt: faster than the runner, slower than three times that.
    assert 3.5 < swing.metrics["foot_speed_at_pass"].value < 10.5
    assert report.metrics["peak_flexion_variation"].value < 0.1  # the mean runner repeats herself exactly


def test_help_does_not_import_what_is_slow() -> None:
    code = (
        "import sys; sys.argv=['swinglever','plugins','--help']; import swinglever.cli.app as c\n"
        "try: c.main()\nexcept SystemExit: pass\n"
        "print([m for m in ('numpy','scipy','h5py','pluggy','opensim','rich') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(_ROOT / "plugin")},
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("offer", "told"),
    [
        ("swinglever_exporters(): return {'bad': lambda report, folder: 1 / 0}", "exporter bad: ZeroDivisionError"),
        ("swinglever_exporters(): return {'none': lambda report, folder: [folder / 'absent.txt']}", "absent.txt"),
        (
            "swinglever_muscle_solvers(): return {'odd': lambda legs: 3}",
            "muscle solver odd: expected LegForces",
        ),
        ("swinglever_read_trial(path): return 3", "expected a Trial or None of 'mean_runner.mot', got int"),
        ("swinglever_report_sections(report): return [1]", "swinglever_report_sections"),
    ],
)
def test_checking_a_plugin_runs_what_it_offers(tmp_path: Path, offer: str, told: str) -> None:
    path = tmp_path / "offers.py"
    path.write_text(f"import swinglever as sl\n@sl.hookimpl\ndef {offer}\n")
    assert any(re.search(told, str(fault)) for fault in check(path).faults)


def test_a_sound_solver_and_exporter_are_run_and_named(tmp_path: Path) -> None:
    path = tmp_path / "sound.py"
    path.write_text(
        "import swinglever as sl\n"
        "from swinglever.muscles.solvers.least_effort import solve_least_effort\n\n"
        "@sl.hookimpl\ndef swinglever_muscle_solvers(): return {'ours': solve_least_effort}\n\n"
        "def write(report, folder):\n"
        "    (folder / 'n.txt').write_text(str(len(report.swings)))\n"
        "    return [folder / 'n.txt']\n\n"
        "@sl.hookimpl\ndef swinglever_exporters(): return {'count': write}\n"
    )
    found = check(path)
    assert found.faults == ()
    assert set(found.tried) == {"muscle solver 'ours': solved 4 swings", "exporter 'count': wrote 1 file"}


def test_a_plugin_that_offers_a_built_in_solver_is_a_collision_that_names_both(tmp_path: Path) -> None:
    (tmp_path / "taker.py").write_text(
        "import swinglever as sl\n@sl.hookimpl\n"
        "def swinglever_muscle_solvers(): return {'opensim': lambda legs: None}\n"
    )
    with pytest.raises(PluginError, match="'swinglever' and 'taker'"):
        load_plugins([tmp_path]).check_names()
