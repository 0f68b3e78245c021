"""What the bench calls slower: ratios against the figures that were kept, never seconds."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "develop" / "bench.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figures(silencing_s: float, ours_ms: float, machine: float = 1.0) -> dict[str, Any]:
    """Figures of one job and one tool, on a machine that is so many times slower."""
    stages = {"kinematics": 1.0 * machine, "silencing": silencing_s * machine, "motion": 0.01 * machine}
    tool = {"opensim_ms": 300.0 * machine, "ours_ms": ours_ms * machine, "promised": 100.0}
    return {"jobs": {"run": {"stages": stages}}, "tools": {"arms": tool}}


def test_a_slower_machine_is_not_a_slower_program(bench: ModuleType) -> None:
    assert list(bench.slower(figures(2.0, 1.0), figures(2.0, 1.0, machine=3.0))) == []


def test_a_fifth_more_is_named_and_less_is_not(bench: ModuleType) -> None:
    before = figures(2.0, 1.0)
    assert list(bench.slower(before, figures(2.3, 1.15))) == []
    told = list(bench.slower(before, figures(2.5, 1.3)))
    assert told == [
        "arms: was 300 times faster than OpenSim, is 231 times",
        "run, silencing: took 2.00 of the kinematics' time, takes 2.50",
    ]


def test_short_stages_and_new_jobs_are_not_compared(bench: ModuleType) -> None:
    before, now = figures(2.0, 1.0), figures(2.0, 1.0)
    now["jobs"]["run"]["stages"]["motion"] = 0.04
    now["jobs"]["another"] = now["jobs"]["run"]
    assert list(bench.slower(before, now)) == []
    assert list(bench.slower({}, now)) == []


def test_a_promise_that_is_not_kept_is_named(bench: ModuleType) -> None:
    assert bench.broken(figures(2.0, 1.0)["tools"]) == []
    assert bench.broken(figures(2.0, 4.0)["tools"]) == ["arms"]
