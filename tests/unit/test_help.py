"""Help shows defaults and groups, versions tell the engines, and a shell can complete."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from swinglever.cli.analyse import analyse
from swinglever.cli.app import cli
from swinglever.cli.grouping import GROUPS
from swinglever.cli.options import parameters_of


@pytest.mark.parametrize("verb", ["analyse", "check"])
def test_help_groups_options_and_shows_their_defaults(verb: str) -> None:
    said = " ".join(CliRunner().invoke(cli, [verb, "--help"]).stdout.split())
    for group in GROUPS:
        assert f"{group}:" in said
    assert "--filter-hz FLOAT Cut-off of the low-pass filter. [default: 12]" in said
    assert "[default: static_optimization]" in said
    assert said.index("Files:") < said.index("--grf") < said.index("What is analysed:") < said.index("--side")


def test_every_option_that_a_group_names_exists() -> None:
    known = {option.name for option in analyse.params}
    assert {name for names in GROUPS.values() for name in names} <= known


def test_the_version_tells_those_of_the_engines() -> None:
    said = CliRunner().invoke(cli, ["--version"]).stdout
    assert said.startswith("swinglever 0.1")
    for engine in ("OpenSim: ", "Blender's module: ", "numpy: ", "Python: "):
        assert engine in said


def test_a_shell_completes_verbs(tmp_path: object) -> None:
    asked = {"_SWINGLEVER_COMPLETE": "bash_complete", "COMP_WORDS": "swinglever ver", "COMP_CWORD": "1"}
    run = [sys.executable, "-c", "from swinglever.cli import main; main()"]
    done = subprocess.run(run, env=os.environ | asked, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["plain,verify"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_that_asks_swinglever(shell: str) -> None:
    said = CliRunner().invoke(cli, ["completion", shell]).stdout
    assert "_SWINGLEVER_COMPLETE" in said


def test_one_engine_for_the_whole_job_yields_to_single_choices() -> None:
    both = parameters_of(None, {"engine": "opensim"})
    assert (both.ik_engine, both.muscle_solver) == ("opensim", "opensim")
    muscles = parameters_of(None, {"engine": "opensim", "ik_engine": "swinglever"})
    assert (muscles.ik_engine, muscles.muscle_solver) == ("swinglever", "opensim")
    assert parameters_of(None, {"engine": "swinglever"}) == parameters_of(None, {})


def test_what_the_program_leaves_is_not_looked_through_when_it_ends() -> None:
    code = (
        "import atexit, gc, sys; from swinglever.__main__ import run; sys.argv = ['swinglever', '--help']\n"
        "atexit.register(lambda: print('left alone:', gc.get_freeze_count()))\n"
        "run()"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert int(done.stdout.rpartition("left alone:")[2]) > 1000
