"""`export --format setup`: OpenSim's own tools run what is written, and give the result's numbers back."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import opensim
import pytest

from swinglever.arrays import Array
from swinglever.checks.made_of import files_of
from swinglever.engines.opensim.tools import run_tool
from swinglever.errors import InputError, MissingFileError
from swinglever.pipeline import analyse
from swinglever.plugins.builtin import swinglever_exporters
from swinglever.readers.storage import Storage, read_storage
from swinglever.records.parameters import Parameters
from swinglever.records.report import Swing, SwingReport
from swinglever.synthetic.trials import bundled_trial

NAME = "synthetic_pulled"


@pytest.fixture(scope="module")
def report() -> SwingReport:
    """The pulled swing, its muscle forces at OpenSim's assumption: passive forces make no moment."""
    bundled = bundled_trial("pulled")
    beside = {name: getattr(bundled.files, name) for name in ("grf", "external_loads", "ik_setup")}
    spelt = [f"--{name.replace('_', '-')} {path}" for name, path in beside.items()]
    command = f"swinglever analyse {bundled.files.trial} --model {bundled.model} {' '.join(spelt)} --out r.h5"
    chosen = Parameters(passive_force=False)
    return analyse(bundled.files.trial, bundled.model, **beside, parameters=chosen, command=command)


@pytest.fixture(scope="module")
def swing(report: SwingReport) -> Swing:
    return report.swings[0]


@pytest.fixture(scope="module")
def folder(report: SwingReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("setup")
    written = swinglever_exporters()["setup"](report, made)
    assert {path.name for path in made.iterdir()} == {path.name for path in written}
    return made


def test_forces_that_name_no_foot_are_given_to_the_feet_that_bear_them(tmp_path: Path) -> None:
    files = bundled_trial("mean_35").files
    model = bundled_trial("mean_35").model
    command = f"swinglever analyse {files.trial} --model {model} --grf {files.grf} --ik-setup {files.ik_setup}"
    chosen = Parameters(muscle_solver="none", grid_points=21)
    found = analyse(files.trial, model, grf=files.grf, ik_setup=files.ik_setup, parameters=chosen, command=command)
    swinglever_exporters()["setup"](found, tmp_path)
    loads = (tmp_path / "synthetic_mean_35_External_Loads.xml").read_text(encoding="utf-8")
    assert set(re.findall("<applied_to_body>(.*?)<", loads)) == {"calcn_r", "calcn_l"}


def run(folder: Path, tool: str, setup: str, window: tuple[float, float], *expected: str) -> list[Storage]:
    """Run a tool over a part of the trial."""
    path = folder / f"{NAME}_Setup_{setup}.xml"
    text = path.read_text(encoding="utf-8")
    begin, end = map(str, window)
    text = re.sub("<time_range>.*?</time_range>", f"<time_range>{begin} {end}</time_range>", text)
    text = re.sub("<initial_time>.*?<", f"<initial_time>{begin}<", text)
    text = re.sub("<final_time>.*?<", f"<final_time>{end}<", text)
    path.write_text(text, encoding="utf-8")
    run_tool(tool, path, [folder / name for name in expected])
    return [read_storage(folder / name) for name in expected]


def at(swing: Swing, table: Storage, curve: Array) -> Array:
    return np.interp(table.time_s, swing.time_s, curve)


def test_inverse_kinematics_gives_the_coordinates_back(folder: Path, report: SwingReport, swing: Swing) -> None:
    """To what the filter of 12 Hz takes from them: half a degree of a knee that bends by 130."""
    (motion,) = run(folder, "ik", "IK", (0.3, 0.6), f"{NAME}_ik.mot")
    assert motion.in_degrees
    k = report.kinematics.coordinate_names.index(swing.knee_coordinate)
    ours = np.degrees(report.kinematics.at(motion.time_s)[0][:, k])
    np.testing.assert_allclose(motion.column(swing.knee_coordinate), ours, atol=0.5)


def test_inverse_dynamics_gives_the_net_moments_back(folder: Path, swing: Swing) -> None:
    """To a hundredth of each peak, once the foot's force has gone: OpenSim's splines run through 10 ms steps."""
    (moments,) = run(folder, "id", "ID", (0.3, 0.7), f"{NAME}_inverse_dynamics.sto")
    for name in swing.moments.coordinate_names:
        ours = swing.moments.of(name)
        found = moments.column(f"{name}_moment")
        np.testing.assert_allclose(found, at(swing, moments, ours), atol=0.01 * np.abs(ours).max())


def test_static_optimization_gives_the_activations_back(folder: Path, swing: Swing, tmp_path: Path) -> None:
    """At equal least activation; OpenSim stops at a convergence of 1e-5 of a cost that reserves lead."""
    copied = Path(shutil.copytree(folder, tmp_path / "setup"))
    _let_muscles_rest(copied / "runner.osim")
    (activation,) = run(
        copied, "analyze", "StaticOptimization", (0.45, 0.55), f"{NAME}_StaticOptimization_activation.sto"
    )
    muscles = swing.muscles
    assert muscles is not None
    found = np.stack([activation.column(name) for name in muscles.names], axis=1)
    ours = np.stack([at(swing, activation, curve) for curve in muscles.activation.T], axis=1)
    np.testing.assert_allclose(found, ours, atol=0.03)
    assert np.abs(found - ours).mean() < 0.005
    assert found.max() > 0.5


def _let_muscles_rest(path: Path) -> None:
    """Lower the least activation from OpenSim's 0.01 to nearly nothing."""
    model = opensim.Model(str(path))
    for k in range(model.getMuscles().getSize()):
        muscle = opensim.Millard2012EquilibriumMuscle.safeDownCast(model.getMuscles().get(k))
        muscle.set_minimum_activation(1e-6)
        muscle.setMinControl(1e-6)
    model.printToXML(str(path))


def test_muscle_analysis_gives_lengths_and_moment_arms_back(folder: Path, swing: Swing) -> None:
    names = [f"{NAME}_MuscleAnalysis_{kind}.sto" for kind in ("Length", f"MomentArm_{swing.knee_coordinate}")]
    length, arm = run(folder, "analyze", "Analyze", (0.45, 0.5), *names)
    muscles = swing.muscles
    assert muscles is not None
    k, knee = muscles.of("semimem_r"), muscles.coordinate_names.index(swing.knee_coordinate)
    np.testing.assert_allclose(length.column("semimem_r"), at(swing, length, muscles.length_m[:, k]), atol=2e-4)
    np.testing.assert_allclose(arm.column("semimem_r"), at(swing, arm, muscles.moment_arm_m[:, k, knee]), atol=2e-4)


def test_the_read_me_says_where_assumptions_differ(folder: Path, report: SwingReport) -> None:
    told = (folder / "README.txt").read_text(encoding="utf-8")
    assert "runner.osim" in told
    assert "passive" not in told
    assert "least activation" in told
    assert report.provenance.command in told


@pytest.mark.parametrize(
    ("command", "error", "said"),
    [
        ("", InputError, "a result that the verb 'analyse' made"),
        ("swinglever analyse gone.trc --model gone.osim", MissingFileError, "the trial 'synthetic_pulled' as it"),
    ],
)
def test_without_its_files_it_says_what_is_missing(
    report: SwingReport, command: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        files_of(replace(report, provenance=replace(report.provenance, command=command)))


def test_a_model_that_was_changed_is_refused(report: SwingReport) -> None:
    changed = replace(report.provenance, model_sha256="0" * 64)
    with pytest.raises(MissingFileError, match=r"the model '.*' as it was when it was analysed"):
        files_of(replace(report, provenance=changed))
