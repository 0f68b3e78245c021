"""A model that is loaded ahead: the same model, by the one process that was begun, and nothing left of it."""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from swinglever.engines import apart
from swinglever.engines.apart import load_apart, loading_ahead
from swinglever.errors import MissingFileError, ModelError
from swinglever.system.partner import partner_of
from swinglever.system.resources import model_file
from swinglever.system.scratch import PREFIX


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left_in(folders: Path) -> list[Path]:
    return list(folders.glob(f"{PREFIX}*"))


def test_what_was_begun_is_waited_for(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = model_file("runner.osim")
    whole = load_apart(path)
    with loading_ahead(path):
        assert len(left_in(folders)) == 1
        with monkeypatch.context() as patched:
            patched.setattr(apart, "call_in_child", None)  # no second process
            model = load_apart(path)
        assert left_in(folders) == []
        assert model.coordinate_names == whole.coordinate_names
        assert load_apart(path).mass_kg == whole.mass_kg  # once more, by a process of its own
    assert left_in(folders) == []


def test_a_partner_loads_it_too_and_may_take_as_much_as_before_afterwards(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource, path = pytest.importorskip("resource"), model_file("runner.osim")
    monkeypatch.chdir(path.parent)
    monkeypatch.setattr(apart, "call_in_child", None)  # no other process
    with partner_of(2) as partner, loading_ahead(Path(path.name), partner):
        assert partner is not None
        assert load_apart(Path(path.name)).mass_kg > 0.0
        assert partner.begin(resource.getrlimit, resource.RLIMIT_AS)() == resource.getrlimit(resource.RLIMIT_AS)
        assert partner.begin(os.getcwd)() == str(partner.start()[0])
    assert left_in(folders) == []


def test_a_model_is_loaded_without_what_analyses_need() -> None:
    """They are a third of a second of processor, and somebody waits for the model."""
    code = (
        "import sys, swinglever.engines.apart as apart; "
        f"apart.load_here({str(model_file('runner.osim'))!r}, '.').require_muscles(); "
        "print(*[name for name in ('scipy', 'h5py') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


def test_a_partner_that_ends_while_it_loads_is_told_as_a_process_of_its_own_is(folders: Path) -> None:
    path = model_file("runner.osim")
    with partner_of(2) as partner, loading_ahead(path, partner):
        assert partner is not None
        partner.start()[1].kill()
        with pytest.raises(ModelError, match=r"cannot load .*: its process took too much time or memory; its last"):
            load_apart(path)
    assert left_in(folders) == []


def test_what_nobody_asks_for_is_ended(folders: Path) -> None:
    with loading_ahead(model_file("runner.osim")), loading_ahead(None), loading_ahead(Path("model.xml")):
        assert len(left_in(folders)) == 1
    assert left_in(folders) == []
    assert load_apart(model_file("runner.osim")).mass_kg > 0.0


def test_what_fails_says_so_when_it_is_asked_for(folders: Path) -> None:
    nowhere = folders / "nowhere.osim"
    with loading_ahead(nowhere), pytest.raises(MissingFileError, match="nowhere"):
        load_apart(nowhere)
    assert left_in(folders) == []


def test_another_thread_takes_nothing_away(folders: Path) -> None:
    path = model_file("runner.osim")
    with loading_ahead(path), ThreadPoolExecutor(1) as threads:
        assert threads.submit(load_apart, path).result().mass_kg > 0.0
        assert len(left_in(folders)) == 1
        assert load_apart(path).mass_kg > 0.0
        assert left_in(folders) == []
