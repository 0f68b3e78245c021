"""The bundled pulled swing, laid out in a folder of the test's own, and the command line in this process."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from swinglever.cli.app import main
from swinglever.output.store import write_report
from swinglever.records.parameters import Parameters
from swinglever.synthetic.trials import bundled_trial
from swinglever.testing import example_report


@dataclass(frozen=True)
class Told:
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str


Run = Callable[..., Told]


@pytest.fixture(scope="session")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result file of the example."""
    report = example_report(parameters=Parameters(grid_points=25))
    return write_report(report, tmp_path_factory.mktemp("result") / "small.h5")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the inputs of the pulled swing, where the test stands."""
    pulled = bundled_trial("pulled")
    files = pulled.files
    for name, path in {
        "run.trc": files.trial,
        "runner.osim": pulled.model,
        "p_ik.xml": files.ik_setup,
        "p_grf.mot": files.grf,
    }.items():
        shutil.copy(path, tmp_path / name)
    loads = files.external_loads.read_text().replace(files.grf.name, "p_grf.mot")
    (tmp_path / "p_grf.xml").write_text(loads)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Give what runs a command line here, and hears all that is printed, by child processes too."""

    def call(*arguments: object) -> Told:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Told(int(ended.value.code or 0), out, err)

    return call
