"""Modules that come when one of their functions is called."""

import importlib
import sys
from pathlib import Path

import pytest

from swinglever.system.late import imported_late


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of a module that nobody has imported."""
    (tmp_path / "slow_module.py").write_text("BEGUN = 1\n\n\ndef double(x, more=0):\n    return 2 * x + more\n")
    (tmp_path / "taker.py").write_text("from slow_module import double\n")
    (tmp_path / "greedy.py").write_text("from slow_module import BEGUN, double\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("slow_module", "taker", "greedy"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return "slow_module"


def test_it_comes_with_the_first_call(slow: str) -> None:
    with imported_late(slow, "double"):
        taker = importlib.import_module("taker")
    assert slow not in sys.modules
    assert taker.double(4, more=1) == 9
    assert sys.modules[slow].BEGUN == 1


def test_who_asks_it_for_more_is_given_the_module_itself(slow: str) -> None:
    with imported_late(slow, "double"):
        greedy = importlib.import_module("greedy")
        assert greedy.BEGUN == 1
        held = importlib.import_module(slow)
    assert sys.modules[slow] is held
    assert held.__file__.endswith("slow_module.py")


def test_one_that_is_there_stays(slow: str) -> None:
    there = importlib.import_module(slow)
    with imported_late(slow, "double"):
        assert sys.modules[slow] is there
    assert sys.modules[slow] is there


def test_a_failure_in_the_block_leaves_no_stand_in(slow: str) -> None:
    with pytest.raises(ModuleNotFoundError), imported_late(slow, "double"):
        importlib.import_module("no_such_module")
    assert slow not in sys.modules
