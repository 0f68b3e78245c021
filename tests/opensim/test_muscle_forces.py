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
from swinglever.causes.explanation import explain
from swinglever.causes.sources import UNEXPLAINED, muscle_sources
from swinglever.dynamics.limb import Dynamics, compute_dynamics
from swinglever.engines.opensim import load_model
from swinglever.errors import InputError
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import line_up
from swinglever.motion.swings import find_swings
from swinglever.muscles.choice import choose_solver
from swinglever.muscles.forces import LegForces
from swinglever.muscles.legs import LegMuscles, prepare_muscles
from swinglever.muscles.solvers.least_effort import solve_least_effort
from swinglever.muscles.solvers.opensim import solve_with_opensim
from swinglever.muscles.solvers.table import read_tension, solve_from_table
from swinglever.output.store import read_report, write_report
from swinglever.pipeline import analyse
from swinglever.plugins.manager import Plugins
from swinglever.readers.storage import Storage, read_storage
from swinglever.readers.trial import read_trial
from swinglever.records.parameters import Parameters
from swinglever.records.trial import Trial
from swinglever.system.stages import Stages

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
def running(model: Model, trial: Trial) -> tuple[Dynamics, ...]:
    """The swings of the Hamner trial between 0.6 and 4.4 s, a batch a leg."""
    parameters = Parameters(start_s=0.6, end_s=4.4)
    inputs = Inputs(trial=trial, model=model, parameters=parameters)
    kinematics = solve_kinematics(inputs)
    swings = line_up(inputs, kinematics, find_swings(trial, model, kinematics, parameters))
    return tuple(compute_dynamics(leg) for leg in swings)


@pytest.fixture(scope="module")
def legs(running: tuple[Dynamics, ...]) -> tuple[LegMuscles, ...]:
    return tuple(prepare_muscles(dynamics) for dynamics in running)


@pytest.fixture(scope="module")
def forces(legs: tuple[LegMuscles, ...]) -> tuple[LegForces, ...]:
    return tuple(solve_least_effort(leg) for leg in legs)


def otherwise(
    dynamics: Dynamics, *, of: int | None = None, forces: Storage | None = None, **choices: object
) -> LegMuscles:
    """Muscles of the same swings, or of one of them, with other choices."""
    inputs, events = dynamics.swings.inputs, dynamics.swings.events
    changed = replace(inputs, parameters=replace(inputs.parameters, **choices), forces=forces)
    (swings,) = line_up(changed, dynamics.swings.kinematics, events if of is None else [events[of]])
    return prepare_muscles(compute_dynamics(swings))


def test_the_whole_leg_and_nothing_else_is_there(legs: tuple[LegMuscles, ...]) -> None:
    """43 muscles a leg in this model; the six of the trunk cross no joint of a leg."""
    assert [leg.dynamics.swings.side for leg in legs] == ["r", "l"]
    for leg in legs:
        assert len(leg.names) == 43
        assert all(name.endswith("_" + leg.dynamics.swings.side) for name in leg.names)


def test_muscles_and_reserves_make_the_net_moments(forces: tuple[LegForces, ...]) -> None:
    for found in forces:
        made = found.legs.moments(found.force_n) + found.reserve_nm
        np.testing.assert_allclose(made, found.legs.net_moment_nm, atol=1e-8)
        assert ((found.activation >= 0) & (found.activation <= 1)).all()
        assert (found.passive_force_n >= 0).all()


def test_reserves_are_small_beside_the_moments(forces: tuple[LegForces, ...]) -> None:
    """At the knee, reserves stay under OpenSim's 10 % of the moment's peak in every swing."""
    for found in forces:
        limb = found.legs.dynamics.limb
        knee = limb.released.index(limb.leg.knee)
        reserve, moment = (np.abs(x[..., knee]).max(axis=1) for x in (found.reserve_nm, found.legs.net_moment_nm))
        assert (reserve < 0.1 * moment).all()


def test_hamstrings_pull_hardest_late_in_swing(forces: tuple[LegForces, ...]) -> None:
    """Schache 2012, Chumanov 2011: peak force in terminal swing; here after four fifths of it."""
    records = [record for found in forces for record in found.records()]
    assert len(records) > 8
    for found in records:
        together = found.force_n[:, found.in_group("hamstrings")].sum(axis=1)
        assert together.argmax() > 0.8 * (len(together) - 1)


def test_power_is_work_done_on_the_joints(forces: tuple[LegForces, ...]) -> None:
    """Power of all muscles, by their speeds, equals their moments times the joints' speeds."""
    for found in forces:
        dynamics, moments = found.legs.dynamics, found.legs.moments(found.force_n)
        work = (moments * dynamics.u[..., dynamics.limb.released]).sum(axis=-1)
        # muscles also cross locked joints and the pelvis' own motion: none of these moves against a leg's muscle
        for record, expected in zip(found.records(), work, strict=True):
            np.testing.assert_allclose(record.power_w.sum(axis=1), expected, atol=1e-6)


def test_passive_force_can_be_left_out(running: tuple[Dynamics, ...], forces: tuple[LegForces, ...]) -> None:
    bare = solve_least_effort(otherwise(running[0], passive_force=False))
    assert not bare.passive_force_n.any()
    assert not bare.passive_included
    assert forces[0].passive_force_n.any()
    assert np.abs(bare.activation - forces[0].activation).max() > 0.01


@pytest.mark.parametrize("scope", ["shank", "leg"])
def test_muscles_as_sources_sum_to_the_motion_and_to_the_moments_shares(
    scope: str, forces: tuple[LegForces, ...]
) -> None:
    for found in forces:
        dynamics, sources = found.legs.dynamics, muscle_sources(found)
        made = sources.force.sum(axis=-1)[..., dynamics.limb.released]
        np.testing.assert_allclose(made, found.legs.net_moment_nm, atol=1e-8)
        by_muscle, by_moment = (attribute(dynamics, scope, s).records() for s in (sources, None))
        for ours, theirs in zip(by_muscle, by_moment, strict=True):
            assert np.degrees(ours.closure_rad) < 0.1
            assert UNEXPLAINED in ours.groups
            # superposition is linear: the same total, whatever the moments are split into
            total = sum(theirs.degrees_by_group().values())
            assert sum(ours.degrees_by_group().values()) == pytest.approx(total, abs=1e-6)
            side = dynamics.swings.side
            assert {"semimem_" + side, "rect_fem_" + side} <= set(ours.sources)


def test_forces_of_a_cmc_run_close_and_show_what_they_leave(running: tuple[Dynamics, ...], data_file: FindFile) -> None:
    """Hamner's computed muscle control, left swing 1.017 to 1.239 s to the peak."""
    table = read_storage(data_file(HAMNER + "reference/subject02_Actuation_force.sto"))
    left = running[1]
    (which,) = [k for k, swing in enumerate(left.swings.events) if 0.9 < swing.toe_off_s < 1.1]
    legs = otherwise(left, of=which, forces=table)
    forces = solve_from_table(legs)
    (found,), (time_s,) = forces.records(), legs.dynamics.time_s
    expected = np.interp(time_s, table.time_s, table.values[:, table.names.index("semimem_l")])
    np.testing.assert_allclose(found.force_n[:, found.of("semimem_l")], expected, atol=1e-9)
    assert found.force_n[:, found.in_group("hamstrings")].max() > 100
    (result,) = attribute(legs.dynamics, "leg", muscle_sources(forces)).records()
    assert np.degrees(result.closure_rad) < 0.1
    shares = result.degrees_by_group()
    # its model, filter and pelvis residuals are not ours, so its muscles leave a part of our moments: it is shown
    assert abs(shares[UNEXPLAINED]) > 0.1
    flexion = legs.dynamics.knee_flexion_rad[0]
    assert sum(shares.values()) == pytest.approx(np.degrees(flexion.max() - flexion[0]), abs=0.2)


def test_a_table_that_does_not_reach_over_the_swing_is_refused(
    running: tuple[Dynamics, ...], data_file: FindFile
) -> None:
    table = read_storage(data_file(HAMNER + "reference/subject02_Actuation_force.sto"))
    with pytest.raises(InputError, match="over the whole swing"):
        solve_from_table(otherwise(running[0], forces=table))
    with pytest.raises(InputError, match="expected a table of muscle forces"):
        solve_from_table(otherwise(running[0]))


def test_a_table_without_a_muscle_is_refused(legs: tuple[LegMuscles, ...], data_file: FindFile) -> None:
    table = read_storage(data_file(HAMNER + "reference/subject02_Actuation_force.sto"))
    lacking = replace(table, names=tuple("time_of_day" if n == "semimem_r" else n for n in table.names))
    with pytest.raises(InputError, match=r"lacks 1, such as semimem_r; it has"):
        read_tension(lacking, legs[0].names, table.time_s)


def test_a_table_without_the_muscles_is_refused_in_a_line_that_can_be_read(
    legs: tuple[LegMuscles, ...], data_file: FindFile
) -> None:
    """All 43 names of the leg's muscles once stood in it."""
    table = read_storage(data_file(HAMNER + "reference/subject02_Kinematics_q.sto"))
    with pytest.raises(InputError, match=r"each of the 43 muscles .*, it lacks 43, such as glut_med1_r, ") as refused:
        read_tension(table, legs[0].names, table.time_s)
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
            swing.muscles.activation[:, swing.muscles.of(f"semimem_{swing.side}")].max(), abs=2**-15
        )
    again = read_report(path).swings[0]
    assert again.muscles is not None
    assert swing.muscles is not None
    assert again.muscles.names == swing.muscles.names
    assert_kept(swing.muscles, again.muscles)
    assert again.verdict_reason == swing.verdict_reason


def test_a_model_without_usable_muscles_is_analysed_by_moments(
    model: Model, trial: Trial, running: tuple[Dynamics, ...]
) -> None:
    bare = replace(model, musculature=None, no_muscles="of another kind")
    inputs = Inputs(trial=trial, model=bare, parameters=running[0].swings.inputs.parameters)
    swings = line_up(inputs, running[0].swings.kinematics, running[0].swings.events[:1])
    found = explain(swings, choose_solver(inputs, Plugins().muscle_solvers()), Stages())
    assert found.swings[0].muscles is None
    assert "hip_moment" in found.swings[0].attribution["leg"].groups


def test_opensims_own_solver_gives_the_same_swing(running: tuple[Dynamics, ...]) -> None:
    """The second solver: the same muscles, no passive force, reserves dear; one swing, at OpenSim's 10 ms."""
    legs = otherwise(running[0], of=1, passive_force=False, reserve_optimal_nm=20.0)
    (theirs,), (ours,) = solve_with_opensim(legs).records(), solve_least_effort(legs).records()
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
    assert any("got none over 26 of 27 swings; these are left out" in w for w in report.warnings)
    swing = report.swings[0]
    assert swing.toe_off_s == pytest.approx(1.0, abs=0.02)
    assert swing.muscles is not None
    assert swing.muscles.solver == "file"
    shares = swing.attribution["leg"].degrees_by_group()
    assert {"hamstrings", "hip_flexors", "knee_extensors", UNEXPLAINED} <= set(shares)
    with pytest.raises(InputError, match="over a whole swing"):
        analyse(**inputs, parameters=Parameters(start_s=3.0, end_s=5.0))
