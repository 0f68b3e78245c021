"""Every kind of plugin is written, tried and tested as a newcomer would, and each hook does what the manual says."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import swinglever as sl
from swinglever.cli import app
from swinglever.cli.plugins import _KINDS
from swinglever.errors import UnknownNameError
from swinglever.plugins.kinds import KINDS
from swinglever.plugins.manager import Plugins, load_plugins
from swinglever.plugins.skeletons import write_skeleton
from swinglever.testing import check, example_model, example_trial

QUICK = sl.Parameters(grid_points=41, side="r")
OFFERS = '''
import click
import swinglever as sl

@click.command("lab-verb")
def verb():
    """Say hello."""
    click.echo("hello")

@sl.hookimpl
def swinglever_verbs():
    return [verb]

@sl.hookimpl
def swinglever_muscle_groups():
    return {"deep_hip": ["psoas"]}

@sl.hookimpl
def swinglever_ablation_cases():
    return {"silent_psoas": ["psoas"]}
'''


def plugin(folder: Path, text: str) -> Plugins:
    (folder / "lab.py").write_text(text, encoding="utf-8")
    return load_plugins([folder])


def test_the_command_line_and_the_skeletons_know_the_same_kinds() -> None:
    assert tuple(KINDS) == _KINDS


def test_every_kind_works_as_it_is_written(tmp_path: Path) -> None:
    for kind in KINDS:
        write_skeleton(f"lab-{kind}", tmp_path / kind, kind)
        found = check(tmp_path / kind)
        assert not found.faults, kind
        assert found.hooks, kind
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", *KINDS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, *(str(tmp_path / k) for k in KINDS)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "13 passed" in done.stdout


def test_a_project_has_licence_test_and_workflow(tmp_path: Path) -> None:
    names = {path.relative_to(tmp_path / "p").as_posix() for path in write_skeleton("lab", tmp_path / "p", "verb")}
    assert {"LICENSE", "README.md", "pyproject.toml", "lab.py", "test_lab.py", ".github/workflows/tests.yml"} == names
    assert "@" not in (tmp_path / "p" / "pyproject.toml").read_text(encoding="utf-8")


def test_an_unknown_kind_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="there is no kind 'song' of plugin"):
        write_skeleton("lab", tmp_path / "p", "song")


def test_groups_and_cases_of_a_plugin_are_in_the_result(tmp_path: Path) -> None:
    plugins = plugin(tmp_path, OFFERS)
    model = example_model()
    report = sl.analyse(example_trial(), model, parameters=QUICK, plugins=plugins)
    swing = sl.read_report(sl.write_report(report, tmp_path / "r.h5")).swings[0]
    assert not plugins.faults
    assert swing.muscles is not None
    assert swing.muscles.groups[swing.muscles.of("psoas_r")] == "deep_hip"
    assert "deep_hip" in swing.attribution["leg"].degrees_by_group()
    # Without the flexor of the hip the thigh is left behind, and the knee folds less.
    assert swing.ablation["silent_psoas"].peak_flexion_rad < swing.knee_flexion_rad.max() - np.radians(5)


def test_check_tries_verbs_groups_and_cases(tmp_path: Path) -> None:
    plugin(tmp_path, OFFERS)
    tried = check(tmp_path / "lab.py").tried
    for line in ("verb 'lab-verb'", "muscle group 'deep_hip': 1 muscles", "case 'silent_psoas': 1 muscles silent"):
        assert any(told.startswith(line) for told in tried), line


@pytest.mark.parametrize(
    ("wrong", "said"),
    [('{"mine": ["semimem"]}', "no verdict rests"), ('{"mine": "psoas"}', "expected names of muscles")],
)
def test_a_group_that_would_move_a_verdict_is_a_fault(wrong: str, said: str, tmp_path: Path) -> None:
    plugins = plugin(tmp_path, OFFERS.replace('{"deep_hip": ["psoas"]}', wrong))
    assert plugins.named_muscles("swinglever_muscle_groups") == {}
    assert said in str(plugins.faults[0])


@pytest.mark.parametrize("name", ["psoas", "silent_hamstrings"])
def test_a_case_by_a_name_that_is_taken_or_unclear_is_a_fault(name: str, tmp_path: Path) -> None:
    plugins = plugin(tmp_path, OFFERS.replace('"silent_psoas"', f'"{name}"'))
    assert plugins.named_muscles("swinglever_ablation_cases") == {}
    assert name in str(plugins.faults[0])


def test_verbs_of_plugins_are_verbs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = plugin(tmp_path, OFFERS)
    verbs = {name: verb for name, (_, verb) in plugins.offers("swinglever_verbs").items()}
    monkeypatch.setattr(app, "_offered_verbs", lambda: verbs)
    assert CliRunner().invoke(app.cli, ["lab-verb"]).stdout == "hello\n"
    assert "lab-verb" in CliRunner().invoke(app.cli, ["--help"]).stdout
    assert CliRunner().invoke(app.cli, ["no-verb"]).exit_code == 2


def test_what_is_no_verb_is_a_fault(tmp_path: Path) -> None:
    plugins = plugin(tmp_path, OFFERS.replace("return [verb]", "return [print]"))
    assert plugins.offers("swinglever_verbs") == {}
    assert "expected commands" in str(plugins.faults[0])
