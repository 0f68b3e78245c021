"""Muscle forces of a running trial: what they add up to, when they act, and forces from elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray
from tests.unit.keeping import assert_kept

from swinglever.anatomy.model import Model
from swinglever.causes.attribution import attribute
from swinglever.causes.muscle_sources import UNEXPLAINED, muscle_sources
from swinglever.dynamics.limb import Dynamics, compute_dynamics
from swinglever.engines.opensim import load_model
from swinglever.errors import InputError
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.swings import find_swings
from swinglever.muscles.legs import LegMuscles, prepare_muscles, read_musculature
from swinglever.muscles.solve import muscles_from_table, solve_muscles
from swinglever.muscles.solvers import find_muscles
from swinglever.output.store import read_report, write_report
from swinglever.pipeline import analyse
from swinglever.readers.storage import read_storage
from swinglever.readers.trial import Trial, read_trial
from swinglever.records.parameters import Parameters
from swinglever.records.results import Kinematics, MuscleForces

FindFile = Callable[[str], Path]
HAMNER = "hamner2010_run/"


@pytest.fixture(scope="module")
def model(data_file: FindFile) -> Model:
    return load_model(data_file(HAMNER + "subject02_registered.osim"))


@pytest.fixture(scope="module")
def trial(data_file: FindFile) -> Trial:
    return read_trial(
        data_file(HAMNER + "subject02_running.trc"),
        external_loads=data_file(HAMNER + "External_Loads.xml"),
        grf=data_file(HAMNER + "subject02_running_grf.mot"),
        ik_setup=data_file(HAMNER + "Setup_IK.xml"),
    )


@pytest.fixture(scope="module")
def running(model: Model, trial: Trial) -> tuple[Kinematics, tuple[Dynamics, ...]]:
    """The swings of the Hamner trial between 0.6 and 4.4 s."""
    parameters = Parameters(start_s=0.6, end_s=4.4)
    kinematics = solve_kinematics(trial, model, parameters)
    swings = find_swings(trial, model, kinematics, parameters)
    return kinematics, compute_dynamics(model, kinematics, swings, trial.ground_forces, parameters)


@pytest.fixture(scope="module")
def legs(model: Model, running: tuple[Kinematics, tuple[Dynamics, ...]]) -> tuple[LegMuscles, ...]:
    kinematics, dynamics = running
    return prepare_muscles(model, read_musculature(model), kinematics, dynamics)


@pytest.fixture(scope="module")
def forces(legs: tuple[LegMuscles, ...]) -> tuple[MuscleForces, ...]:
    return solve_muscles(legs)


def test_the_whole_leg_and_nothing_else_is_there(legs: tuple[LegMuscles, ...]) -> None:
    """43 muscles a leg in this model; the six of the trunk cross no joint of a leg."""
    assert {len(leg.paths.names) for leg in legs} == {43}
    for leg in legs:
        assert all(name.endswith("_" + leg.dynamics.events.side) for name in leg.paths.names)


def test_muscles_and_reserves_make_the_net_moments(
    legs: tuple[LegMuscles, ...], forces: tuple[MuscleForces, ...]
) -> None:
    for leg, found in zip(legs, forces, strict=True):
        made = found.generalised_force(found.force_n).sum(axis=1) + found.reserve_nm
        np.testing.assert_allclose(made, leg.net_moment_nm, atol=1e-8)
        assert ((found.activation >= 0) & (found.activation <= 1)).all()
        assert (found.passive_force_n >= 0).all()


def test_reserves_are_small_beside_the_moments(legs: tuple[LegMuscles, ...], forces: tuple[MuscleForces, ...]) -> None:
    """At the knee, reserves stay under OpenSim's 10 % of the moment's peak in every swing."""
    for leg, found in zip(legs, forces, strict=True):
        knee = next(k for k, n in enumerate(found.coordinate_names) if n.startswith("knee_angle"))
        assert np.abs(found.reserve_nm[:, knee]).max() < 0.1 * np.abs(leg.net_moment_nm[:, knee]).max()


def test_hamstrings_pull_hardest_late_in_swing(forces: tuple[MuscleForces, ...]) -> None:
    """Schache 2012, Chumanov 2011: peak force in terminal swing; here after four fifths of it."""
    assert len(forces) > 8
    for found in forces:
        together = found.force_n[:, found.in_group("hamstrings")].sum(axis=1)
        assert together.argmax() > 0.8 * (len(together) - 1)


def test_power_is_work_done_on_the_joints(legs: tuple[LegMuscles, ...], forces: tuple[MuscleForces, ...]) -> None:
    """Power of all muscles, by their speeds, equals their moments times the joints' speeds."""
    for leg, found in zip(legs, forces, strict=True):
        joint_speeds = leg.dynamics.u[:, leg.released]
        moments = found.generalised_force(found.force_n).sum(axis=1)
        # muscles also cross locked joints and the pelvis' own motion: none of these moves against a leg's muscle
        np.testing.assert_allclose(found.power_w.sum(axis=1), (moments * joint_speeds).sum(axis=1), atol=1e-6)


def test_passive_force_can_be_left_out(legs: tuple[LegMuscles, ...], forces: tuple[MuscleForces, ...]) -> None:
    bare = solve_muscles(legs[:1], passive=False)[0]
    assert not bare.passive_force_n.any()
    assert not bare.passive_included
    assert forces[0].passive_force_n.any()
    assert np.abs(bare.activation - forces[0].activation).max() > 0.01


@pytest.mark.parametrize("scope", ["shank", "leg"])
def test_muscles_as_sources_sum_to_the_motion_and_to_the_moments_shares(
    scope: str, legs: tuple[LegMuscles, ...], forces: tuple[MuscleForces, ...]
) -> None:
    for leg, found in zip(legs[:3], forces[:3], strict=True):
        dynamics = leg.dynamics
        sources = muscle_sources(dynamics, found)
        np.testing.assert_allclose(sum(s.force for s in sources)[:, leg.released], leg.net_moment_nm, atol=1e-8)
        by_muscle = attribute(dynamics, scope, sources)
        by_moment = attribute(dynamics, scope)
        assert np.degrees(by_muscle.closure_rad) < 0.1
        assert UNEXPLAINED in by_muscle.groups
        ours = sum(v for g, v in by_muscle.degrees_by_group().items())
        theirs = sum(by_moment.degrees_by_group().values())
        # superposition is linear: the same total, whatever the moments are split into
        assert ours == pytest.approx(theirs, abs=1e-6)
        assert {"semimem_" + dynamics.events.side, "rect_fem_" + dynamics.events.side} <= set(by_muscle.sources)


def test_forces_of_a_cmc_run_close_and_show_what_they_leave(
    model: Model, running: tuple[Kinematics, tuple[Dynamics, ...]], legs: tuple[LegMuscles, ...], data_file: FindFile
) -> None:
    """Hamner's computed muscle control, left swing 1.017 to 1.239 s to the peak."""
    table = read_storage(data_file(HAMNER + "reference/subject02_Actuation_force.sto"))
    mine = [leg for leg in legs if leg.dynamics.events.side == "l" and 0.9 < leg.dynamics.events.toe_off_s < 1.1]
    assert len(mine) == 1
    found = muscles_from_table(mine, table)[0]
    hamstrings = found.force_n[:, found.in_group("hamstrings")]
    column = table.names.index("semimem_l")
    expected = np.interp(mine[0].dynamics.time_s, table.time_s, table.values[:, column])
    np.testing.assert_allclose(found.force_n[:, found.of("semimem_l")], expected, atol=1e-9)
    assert hamstrings.max() > 100
    result = attribute(mine[0].dynamics, "leg", muscle_sources(mine[0].dynamics, found))
    assert np.degrees(result.closure_rad) < 0.1
    shares = result.degrees_by_group()
    # its model, filter and pelvis residuals are not ours, so its muscles leave a part of our moments: it is shown
    assert abs(shares[UNEXPLAINED]) > 0.1
    gained = np.degrees(mine[0].dynamics.knee_flexion_rad.max() - mine[0].dynamics.knee_flexion_rad[0])
    assert sum(shares.values()) == pytest.approx(gained, abs=0.2)


def test_a_table_that_does_not_reach_over_the_swing_is_refused(
    legs: tuple[LegMuscles, ...], data_file: FindFile
) -> None:
    table = read_storage(data_file(HAMNER + "reference/subject02_Actuation_force.sto"))
    with pytest.raises(InputError, match="over the whole swing"):
        muscles_from_table(legs, table)
    less = replace(table, names=("time_of_day", *table.names[1:]))
    with pytest.raises(InputError, match=r"lacks 1, such as \['\w+'\]; it has"):
        muscles_from_table(legs[2:3], less)


def test_a_table_without_the_muscles_is_refused_in_a_line_that_can_be_read(
    legs: tuple[LegMuscles, ...], data_file: FindFile
) -> None:
    """All 43 names of the leg's muscles once stood in it."""
    table = read_storage(data_file(HAMNER + "reference/subject02_Kinematics_q.sto"))
    with pytest.raises(InputError, match=r"each of the 43 muscles .*, it lacks 43, such as \[") as refused:
        muscles_from_table(legs, table)
    assert len(str(refused.value).replace(str(table.path), "")) < 320


def test_a_whole_analysis_has_muscles_verdict_and_a_file_that_keeps_them(
    data_file: FindFile, model: Model, tmp_path: Path
) -> None:
    report = analyse(
        data_file(HAMNER + "subject02_running.trc"),
        model,
        grf=data_file(HAMNER + "subject02_running_grf.mot"),
        external_loads=data_file(HAMNER + "External_Loads.xml"),
        ik_setup=data_file(HAMNER + "Setup_IK.xml"),
        parameters=Parameters(start_s=0.6, end_s=1.9),
    )
    swing = report.swings[0]
    assert swing.verdict in ("hamstring-initiated", "momentum-driven", "mixed", "undecided")
    assert "hamstrings made" in swing.verdict_reason
    assert swing.ablation["no_hamstrings"].peak_flexion_rad < swing.ablation["none"].peak_flexion_rad
    assert swing.ablation["silent_hamstrings"].peak_flexion_rad < swing.ablation["none"].peak_flexion_rad
    assert swing.ablation["silent_knee_extensors"].peak_flexion_rad > swing.ablation["none"].peak_flexion_rad
    path = write_report(report, tmp_path / "r.h5")
    with xarray.open_datatree(path, engine="h5netcdf") as tree:
        assert tree["playback"].force_n.dims == ("force", "axis", "frame")
        assert tree["playback"].marker_position_m.dims == ("marker", "axis", "frame")
        assert tree["playback/paths"].point_m.dims == ("muscle", "path_point", "axis")
        assert tree["playback/meshes"].vertices_m.dims == ("vertex", "axis")
        semimem = tree["muscles"].to_dataset().sel(swing=swing.id, muscle="semimem")
        assert semimem.activation.max() == pytest.approx(
            swing.muscles.activation[:, swing.muscles.of(f"semimem_{swing.side}")].max(), abs=1e-5
        )
    again = read_report(path).swings[0]
    assert again.muscles is not None
    assert swing.muscles is not None
    assert again.muscles.names == swing.muscles.names
    assert_kept(swing.muscles, again.muscles)
    assert again.verdict_reason == swing.verdict_reason


def test_a_model_without_usable_muscles_is_analysed_by_moments(
    model: Model, running: tuple[Kinematics, tuple[Dynamics, ...]]
) -> None:
    kinematics, dynamics = running
    found = find_muscles(replace(model, engine="other"), kinematics, dynamics, Parameters())
    assert not found.forces
    assert "no muscle forces" in found.warnings[0]


def test_opensims_own_solver_gives_the_same_swing(
    model: Model, running: tuple[Kinematics, tuple[Dynamics, ...]], legs: tuple[LegMuscles, ...], trial: Trial
) -> None:
    """The second solver: the same muscles, no passive force, reserves dear; one swing, at OpenSim's 10 ms."""
    kinematics, dynamics = running
    parameters = Parameters(muscle_solver="opensim", passive_force=False, reserve_optimal_nm=20.0)
    found = find_muscles(model, kinematics, dynamics[2:3], parameters, ground_forces=trial.ground_forces).forces
    theirs = found[dynamics[2].events.id]
    ours = solve_muscles(legs[2:3], passive=False, reserve_optimal_nm=20.0)[0]
    assert theirs.solver == "opensim"
    assert not theirs.passive_force_n.any()
    # OpenSim keeps each muscle at 0.01 or more, and straight lines join its 10 ms steps
    for group in ("hamstrings", "knee_extensors", "hip_flexors"):
        columns = ours.in_group(group)
        mine, other = (f.force_n[:, columns].sum(axis=1) for f in (ours, theirs))
        assert np.sqrt(np.mean((mine - other) ** 2)) < 0.04 * mine.max(), group


def test_passive_forces_that_no_muscle_bears_are_left_out_and_told(data_file: FindFile) -> None:
    """A model whose bones were scaled but not its tendons: rectus femoris would pull with 8000 N at rest."""
    walk = "gait2392_walk/"
    report = analyse(data_file(walk + "subject01_walk1.trc"), data_file(walk + "subject01_simbody.osim"))
    assert any("passive force left out" in w and "rect_fem_l" in w for w in report.warnings)
    for swing in report.swings:
        assert swing.muscles is not None
        passive = swing.muscles.passive_force_n
        left_out = swing.muscles.of("rect_fem_" + swing.side)
        assert not passive[:, left_out].any()
        assert not swing.muscles.passive_fibre_energy_j[:, left_out].any()
        assert passive[:, swing.muscles.of("vas_int_" + swing.side)].any()


def test_a_trial_with_forces_from_a_file_keeps_the_swings_that_it_reaches_over(
    data_file: FindFile, model: Model
) -> None:
    """Hamner's CMC run covers 0.73 to 1.589 s of the ten seconds: one left swing, its fold split by group."""
    inputs = {
        "trial": data_file(HAMNER + "subject02_running.trc"),
        "model": model,
        "grf": data_file(HAMNER + "subject02_running_grf.mot"),
        "external_loads": data_file(HAMNER + "External_Loads.xml"),
        "ik_setup": data_file(HAMNER + "Setup_IK.xml"),
        "forces": data_file(HAMNER + "reference/subject02_Actuation_force.sto"),
    }
    report = analyse(**inputs)
    assert [s.side for s in report.swings] == ["l"]
    assert any("26 of 27 swings are left out" in w for w in report.warnings)
    swing = report.swings[0]
    assert swing.toe_off_s == pytest.approx(1.0, abs=0.02)
    assert swing.muscles is not None
    assert swing.muscles.solver == "file"
    shares = swing.attribution["leg"].degrees_by_group()
    assert {"hamstrings", "hip_flexors", "knee_extensors", UNEXPLAINED} <= set(shares)
    with pytest.raises(InputError, match="over a whole swing"):
        analyse(**inputs, parameters=Parameters(start_s=3.0, end_s=5.0))
