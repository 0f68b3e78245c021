"""The modules that ``swinglever plugins new --kind`` writes, and their tests: one a kind, each works as it stands.

``@module@`` stands for the name of the plugin.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of plugin: what its project is about, its module, and its test."""

    about: str
    module: str
    test: str


_METRIC = '''\
"""Our laboratory's metrics for swinglever."""

import numpy as np

import swinglever as sl

SWINGLEVER_API = 1


@sl.metric(unit="deg", meaning="How far the knee unbends again before the foot comes down.")
def @module@_knee_extension_range(swing: sl.Swing) -> float:
    """Peak knee flexion less knee flexion at foot strike."""
    return float(np.degrees(swing.knee_flexion_rad.max() - swing.knee_flexion_rad[-1]))


@sl.hookimpl
def swinglever_metrics():
    """Offer our metrics."""
    return [@module@_knee_extension_range]
'''

_METRIC_TEST = '''\
"""Tries our metrics on a swing that comes with swinglever."""

import numpy as np
import pytest
from @module@ import @module@_knee_extension_range
from swinglever.testing import check, example_swing


def test_the_knee_unbends_to_its_angle_at_foot_strike():
    swing = example_swing()
    end_deg = np.degrees(swing.knee_flexion_rad[-1])
    assert @module@_knee_extension_range(swing) + end_deg == pytest.approx(swing.peak_flexion_deg)


def test_swinglever_finds_no_fault():
    import @module@

    assert not check(@module@.__file__).faults
'''

_READER = '''\
"""Our laboratory's files for swinglever: tables of joint angles, `RUN.@module@.csv`, in radians and metres."""

from pathlib import Path

import numpy as np

import swinglever as sl

SWINGLEVER_API = 1


@sl.hookimpl
def swinglever_read_trial(path: Path) -> sl.Trial | None:
    """Read a table whose first column is time, in s; its header names the model's coordinates."""
    if not path.name.endswith(".@module@.csv"):
        return None
    names = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    angles = sl.Angles(names=tuple(names[1:]), time_s=table[:, 0], q=table[:, 1:])
    return sl.Trial(name=path.name.removesuffix(".@module@.csv"), path=path, angles=angles)
'''

_READER_TEST = '''\
"""Reads a file as our laboratory writes them."""

import numpy as np
import @module@
from swinglever.testing import check, example_trial


def write(path):
    angles = example_trial().angles
    header = ",".join(["time", *angles.names])
    np.savetxt(path, np.column_stack([angles.time_s, angles.q]), delimiter=",", header=header, comments="")
    return angles


def test_angles_are_read_as_they_were_written(tmp_path):
    path = tmp_path / "run.@module@.csv"
    angles = write(path)
    trial = @module@.swinglever_read_trial(path)
    assert trial.angles.names == angles.names
    np.testing.assert_allclose(trial.angles.q, angles.q)


def test_other_files_are_left_to_others(tmp_path):
    assert @module@.swinglever_read_trial(tmp_path / "run.trc") is None


def test_swinglever_finds_no_fault(tmp_path):
    path = tmp_path / "run.@module@.csv"
    write(path)
    found = check(@module@.__file__, trial=path)
    assert not found.faults
    assert any("read run.@module@.csv" in line for line in found.tried)
'''

_SOLVER = '''\
"""Our laboratory's muscle solver for swinglever: --muscle-solver @module@."""

import numpy as np

import swinglever as sl

SWINGLEVER_API = 1


def solve(muscles: sl.LegMuscles) -> sl.LegForces:
    """Activate each muscle in proportion to how well it makes the net joint moments.

    Arrays are over swings, samples, coordinates and muscles (s, k, c, m). What the muscles do not deliver is the
    reserve.
    """
    gain, moment = muscles.demand(passive=True)  # moments at full activation, and those that are asked for
    wanted = np.einsum("skcm,skc->skm", gain, moment)
    size = np.einsum("skcm,skcm->sk", gain, gain)
    activation = np.clip(wanted / size[..., None], 0.0, 1.0)
    return sl.forces_of_activation(muscles, "@module@", activation)


@sl.hookimpl
def swinglever_muscle_solvers():
    """Offer our solver by name."""
    return {"@module@": solve}
'''

_SOLVER_TEST = '''\
"""Solves the muscles of a swing that comes with swinglever."""

import @module@
from swinglever.testing import check


def test_swinglever_finds_no_fault():
    found = check(@module@.__file__)
    assert not found.faults
    assert any(line.startswith("muscle solver '@module@': solved") for line in found.tried)
'''

_ENGINE = '''\
"""Our laboratory's models for swinglever: files `NAME.@module@` that name a model and another gravity.

    base = "runner.osim"
    gravity = [0, -1.62, 0]
"""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np

import swinglever as sl
from swinglever.testing import example_model

SWINGLEVER_API = 1


def load(path: Path) -> sl.Model:
    """Load the model that a file names, with the file's gravity (m/s2); base "example" is the one for trying."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    base = example_model() if table["base"] == "example" else sl.load_model(path.parent / table["base"])
    return replace(base, gravity=np.array(table["gravity"], dtype=float))


@sl.hookimpl
def swinglever_engines():
    """Offer our engine; the ending of the model's file chooses it."""
    return {"@module@": sl.Engine(suffixes=(".@module@",), load=load)}
'''

_ENGINE_TEST = '''\
"""Loads a model as our laboratory writes them."""

import @module@
from swinglever.testing import check, example_model


def test_gravity_is_the_files(tmp_path):
    path = tmp_path / "moon.@module@"
    path.write_text('base = "example"\\ngravity = [0, -1.62, 0]\\n', encoding="utf-8")
    model = @module@.load(path)
    assert model.gravity.tolist() == [0, -1.62, 0]
    assert model.mass_kg == example_model().mass_kg
    found = check(@module@.__file__, model=path)
    assert not found.faults
    assert any("loaded moon.@module@" in line for line in found.tried)
'''

_EXPORTER = '''\
"""Our laboratory's table for swinglever: export --format @module@."""

import csv
from collections.abc import Sequence
from pathlib import Path

import swinglever as sl

SWINGLEVER_API = 1


def export(report: sl.SwingReport, folder: Path) -> Sequence[Path]:
    """Write one row a swing, and give the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "@module@.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["trial", "swing", "peak_flexion_deg", "verdict"])
        for swing in report.swings:
            table.writerow([report.provenance.trial_name, swing.id, f"{swing.peak_flexion_deg:.2f}", swing.verdict])
    return [path]


@sl.hookimpl
def swinglever_exporters():
    """Offer our format by name."""
    return {"@module@": export}
'''

_EXPORTER_TEST = '''\
"""Exports a result that comes with swinglever."""

import csv

import @module@
import pytest
from swinglever.testing import check, example_report


def test_a_row_a_swing(tmp_path):
    report = example_report()
    (path,) = @module@.export(report, tmp_path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["swing"] for row in rows] == [swing.id for swing in report.swings]
    assert float(rows[0]["peak_flexion_deg"]) == pytest.approx(report.swings[0].peak_flexion_deg, abs=0.01)


def test_swinglever_finds_no_fault():
    assert not check(@module@.__file__).faults
'''

_SECTION = '''\
"""Our laboratory's section of what swinglever prints of a result."""

from collections.abc import Sequence

import swinglever as sl

SWINGLEVER_API = 1


@sl.hookimpl
def swinglever_report_sections(report: sl.SwingReport) -> Sequence[sl.Section]:
    """Add a table of when the knee is bent most."""
    rows = [
        [swing.id, f"{100 * (swing.peak_flexion_s - swing.toe_off_s) / (swing.foot_strike_s - swing.toe_off_s):.0f}"]
        for swing in report.swings
    ]
    return [sl.Section(title="When the knee is bent most (@module@)", header=["swing", "% of swing"], rows=rows)]
'''

_SECTION_TEST = '''\
"""Asks for our section of a result that comes with swinglever."""

import @module@
from swinglever.testing import check, example_report


def test_a_row_a_swing():
    report = example_report()
    (section,) = @module@.swinglever_report_sections(report)
    assert [row[0] for row in section.rows] == [swing.id for swing in report.swings]
    assert all(20 < float(row[1]) < 80 for row in section.rows)


def test_swinglever_finds_no_fault():
    assert not check(@module@.__file__).faults
'''

_VERB = '''\
"""Our laboratory's verb of the command line: `swinglever @command@ RESULT`."""

from pathlib import Path

import click

import swinglever as sl

SWINGLEVER_API = 1


@click.command("@command@")
@click.argument("result", type=click.Path(path_type=Path))
def verb(result: Path) -> None:
    """Print the highest knee flexion of every swing of RESULT."""
    for swing in sl.read_report(result).swings:
        click.echo(f"{swing.id}: {swing.peak_flexion_deg:.0f}°")


@sl.hookimpl
def swinglever_verbs():
    """Offer our verb."""
    return [verb]
'''

_VERB_TEST = '''\
"""Calls our verb on a result that comes with swinglever."""

import @module@
import swinglever as sl
from click.testing import CliRunner
from swinglever.testing import check, example_report


def test_a_line_a_swing(tmp_path):
    report = example_report()
    path = sl.write_report(report, tmp_path / "run.h5")
    done = CliRunner().invoke(@module@.verb, [str(path)])
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].startswith(f"{report.swings[0].id}: ")


def test_swinglever_finds_no_fault():
    assert not check(@module@.__file__).faults
'''

KINDS: Mapping[str, Kind] = {
    "metric": Kind(about="Metrics for swinglever.", module=_METRIC, test=_METRIC_TEST),
    "reader": Kind(about="A file format for swinglever.", module=_READER, test=_READER_TEST),
    "solver": Kind(about="A muscle solver for swinglever.", module=_SOLVER, test=_SOLVER_TEST),
    "engine": Kind(about="A kind of model for swinglever.", module=_ENGINE, test=_ENGINE_TEST),
    "exporter": Kind(about="A format that swinglever exports to.", module=_EXPORTER, test=_EXPORTER_TEST),
    "section": Kind(about="A section of what swinglever prints.", module=_SECTION, test=_SECTION_TEST),
    "verb": Kind(about="A verb of swinglever's command line.", module=_VERB, test=_VERB_TEST),
}
"""Kinds by name, as ``--kind`` takes them."""
