"""A trial of a study is examined in a process with a folder of its own: its files have to be found from there."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from swinglever.plugins.manager import load_plugins
from swinglever.study.asked import Asked
from swinglever.study.checking import check_trials


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
