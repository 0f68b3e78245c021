"""A trial of a study is examined in a process with a folder of its own: its files have to be found from there."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from swinglever.plugins.manager import load_plugins
from swinglever.study.asked import Asked
from swinglever.study.checking import check_trials
from swinglever.study.store import OUTCOME, kept_outcome


def test_files_named_from_this_folder_are_handed_on_from_the_root(tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.chdir(tmp_path)
    handed = []
    monkeypatch.setattr(distributed, "as_completed", lambda *_, **__: [])
    client = SimpleNamespace(submit=lambda _, table, *__, **___: handed.append(table), loop=None)
    trial = Asked(name="run", trial=Path("run.trc"), model=Path("runner.osim"), files={"grf": Path("run_grf.mot")})
    assert list(check_trials([trial], load_plugins(()), 1.0, client)) == []
    here = Path.cwd()
    assert (handed[0]["trial"], handed[0]["model"]) == (str(here / "run.trc"), str(here / "runner.osim"))
    assert handed[0]["files"] == {"grf": str(here / "run_grf.mot")}


@pytest.mark.parametrize("text", ["[]", '"x"', "5", "null", "{", '{"status": "done"}', "[" * 100_000])
def test_a_damaged_outcome_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a1").mkdir()
    (tmp_path / "a1" / OUTCOME).write_text(text)
    assert kept_outcome(tmp_path, "a1") is None
