"""The bundled synthetic trials: made again, near the norms they stand for, and with their known causes recovered."""

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from swinglever.anatomy.limb import Limb
from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.causes.attribution import attribute
from swinglever.causes.replay import in_group, replay
from swinglever.causes.silencing import silence, silent_cases
from swinglever.causes.sources import Sources, muscle_sources
from swinglever.dynamics.limb import Dynamics, compute_dynamics
from swinglever.engines.opensim import load_model
from swinglever.errors import UnknownNameError
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import line_up
from swinglever.motion.swings import find_swings
from swinglever.muscles.forces import LegForces
from swinglever.muscles.legs import prepare_muscles
from swinglever.muscles.solvers.least_effort import solve_least_effort
from swinglever.muscles.solvers.table import solve_from_table
from swinglever.readers.storage import read_storage
from swinglever.readers.trc import read_trc
from swinglever.readers.trial import read_trial
from swinglever.records.ablation import Ablation
from swinglever.records.attribution import Attribution
from swinglever.records.kinematics import Kinematics
from swinglever.records.parameters import Parameters
from swinglever.synthetic.cause import read_cause
from swinglever.synthetic.norms import mean_runner
from swinglever.synthetic.simulation import simulate_swing
from swinglever.synthetic.trials import bundled_trial, trial_names, write_mean_trial
from swinglever.system.resources import model_file

SPEEDS = (2.5, 3.5, 4.5)
CAUSES = ("passive", "pulled", "braked")
SHARE_DEG, SHARE = 10.0, 0.15
"""What a contribution may be off by: 10° or 15 % of the imposed one, the larger."""


class Analysed(NamedTuple):
    """A bundled trial on the way through the stages; a simulated swing with its known forces, and solved ones."""

    kinematics: Kinematics
    dynamics: tuple[Dynamics, ...]
    given: LegForces | None = None
    solved: LegForces | None = None


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(model_file("runner.osim"))


@pytest.fixture(scope="module")
def analysed(model: Model) -> dict[str, Analysed]:
    return {name: _analyse(model, name) for name in trial_names()}


def test_there_are_three_speeds_and_three_causes() -> None:
    assert trial_names() == ["mean_25", "mean_35", "mean_45", *CAUSES]
    with pytest.raises(UnknownNameError, match="no bundled trial 'sprint'; there are"):
        bundled_trial("sprint")


@pytest.mark.parametrize("name", ["mean_25", "mean_35", "mean_45", *CAUSES])
def test_every_file_says_that_it_is_synthetic(name: str) -> None:
    """In its name, and in the first lines of its text."""
    paths = list(bundled_trial(name).files.trial.parent.glob(f"synthetic_{name}*"))
    assert len(paths) == (4 if name.startswith("mean") else 8)
    for path in paths:
        assert "synthetic" in "".join(path.read_text(encoding="utf-8").splitlines()[:2]), path


@pytest.mark.parametrize("speed", SPEEDS)
def test_the_mean_runner_is_made_again_to_the_same_numbers(speed: float, model: Model, tmp_path: Path) -> None:
    made = write_mean_trial(tmp_path, model, speed)
    bundled = bundled_trial(f"mean_{round(speed * 10)}").files
    markers, again = read_trc(bundled.trial), read_trc(made.trial)
    assert again.names == markers.names
    # One unit of the files' last place: another machine may round the other way.
    np.testing.assert_allclose(again.position_m, markers.position_m, atol=1.01e-4)
    forces, forces_again = read_storage(bundled.grf), read_storage(made.grf)
    np.testing.assert_allclose(forces_again.values, forces.values, atol=0.101)


@pytest.mark.slow
def test_a_simulated_swing_is_made_again_to_the_same_numbers(model: Model) -> None:
    swing = simulate_swing(model, read_cause("pulled"), 2.5)
    table = read_storage(_known_motion("pulled"))
    knee = np.radians(table.column("knee_angle_r"))
    # Activations come from a solver that stops at a tolerance: a hundredth of a degree is its share.
    np.testing.assert_allclose(swing.knee_flexion_rad, knee, atol=np.radians(0.01))


def test_the_ground_carries_the_runner() -> None:
    """Mean vertical force over whole strides is body weight: the forces are half sines with that impulse."""
    for speed in SPEEDS:
        table, stride = (
            read_storage(bundled_trial(f"mean_{round(speed * 10)}").files.grf),
            mean_runner(speed).stride_time_s,
        )
        up = table.column("ground_force_r_vy") + table.column("ground_force_l_vy")
        whole = table.time_s < 2.0 * stride
        # 1 %: a stride is no whole number of samples.
        assert up[whole].mean() == pytest.approx(70.6 * 9.80665, rel=0.01)


@pytest.mark.parametrize("speed", SPEEDS)
def test_the_mean_runner_swings_as_runners_do(speed: float, analysed: dict[str, Analysed]) -> None:
    """Peak flexion, its time, hip extension and lever ratio within one standard deviation between runners."""
    found, norms = analysed[f"mean_{round(speed * 10)}"], mean_runner(speed).norms
    assert {d.swings.side for d in found.dynamics} == {"r", "l"}
    assert sum(len(d.q) for d in found.dynamics) >= 4
    for dynamics in found.dynamics:
        hips = dynamics.q[..., dynamics.limb.leg.hip_flexion]
        assert {events.event_source for events in dynamics.swings.events} == {"ground_force"}
        for knee, hip, q in zip(dynamics.knee_flexion_rad, hips, dynamics.q, strict=True):
            percent = 100.0 * knee.argmax() / (len(knee) - 1)
            _within(np.degrees(knee.max()), norms["peak_swing_knee_flexion_deg"])
            _within(percent, norms["peak_swing_knee_flexion_percent_swing"])
            _within(-np.degrees(hip.min()), norms["peak_hip_extension_deg"])
            _within(_lever(dynamics.limb, q), norms["min_hip_heel_over_hip_knee_heel"])


@pytest.mark.parametrize("speed", SPEEDS)
def test_contact_lasts_as_long_as_in_the_norms(speed: float, analysed: dict[str, Analysed]) -> None:
    runner = mean_runner(speed)
    for dynamics in analysed[f"mean_{round(speed * 10)}"].dynamics:
        # Half sines pass 50 N within 4 ms of their ends.
        lasting_s = (1.0 - runner.stance_share) * runner.stride_time_s
        assert dynamics.swings.lasting_s == pytest.approx(lasting_s, abs=0.008)


@pytest.mark.parametrize("cause", CAUSES)
def test_the_recording_shows_the_simulated_angles(cause: str, analysed: dict[str, Analysed]) -> None:
    """Through markers with noise, inverse kinematics and filter: within a degree at any instant of the swing."""
    table, found = read_storage(_known_motion(cause)), analysed[cause]
    knee = found.kinematics.coordinate_names.index("knee_angle_r")
    inside = (table.time_s > table.time_s[0] + 0.01) & (table.time_s < table.time_s[-1] - 0.01)
    q = found.kinematics.at(table.time_s[inside])[0][:, knee]
    assert np.abs(np.degrees(q) - table.column("knee_angle_r")[inside]).max() < 1.0


@pytest.mark.parametrize("scope", ["shank", "leg"])
@pytest.mark.parametrize("cause", CAUSES)
def test_known_forces_give_back_the_imposed_shares(cause: str, scope: str, analysed: dict[str, Analysed]) -> None:
    """Markers with noise in, attribution out: every muscle group within 10° or 15 % of what was imposed."""
    found, known = analysed[cause], _known(cause)[scope]
    shares = _attribution(found.given, scope).degrees_by_group()
    for group in (name for name in known if name.endswith(("|active", "|passive"))):
        assert shares.get(group, 0.0) == pytest.approx(known[group], abs=max(SHARE_DEG, SHARE * abs(known[group]))), (
            group
        )
    # Far nearer than that where it matters: the causes differ by tens of degrees.
    assert shares["hamstrings|active"] == pytest.approx(known["hamstrings|active"], abs=2.0)
    assert shares["knee_extensors|active"] == pytest.approx(known["knee_extensors|active"], abs=2.0)


@pytest.mark.parametrize("cause", CAUSES)
def test_silencing_the_hamstrings_gives_what_the_simulation_gives(cause: str, analysed: dict[str, Analysed]) -> None:
    """Within 5° of the leg simulated again without them, all other activations as they were."""
    forces = analysed[cause].given
    assert forces is not None
    (silenced,) = silence(forces, silent_cases(forces)).records()
    peak = np.degrees(silenced["silent_hamstrings"].peak_flexion_rad)
    assert peak == pytest.approx(_known(cause)["peak_without_hamstrings_deg"], abs=5.0)


@pytest.mark.parametrize("cause", CAUSES)
def test_replaying_all_but_the_hamstrings_gives_what_the_simulation_gives(
    cause: str, analysed: dict[str, Analysed]
) -> None:
    """Within 5°, every other joint moment replayed; and within 1° with nothing taken away."""
    known, ablations = _known(cause), _ablations(analysed[cause].given)
    none, silenced = (np.degrees(ablations[case].peak_flexion_rad) for case in ("none", "no_hamstrings"))
    assert none == pytest.approx(known["peak_flexion_deg"], abs=1.0)
    assert silenced == pytest.approx(known["peak_with_other_moments_replayed_deg"], abs=5.0)


@pytest.mark.parametrize("cause", CAUSES)
def test_static_optimization_gives_back_the_knee_muscles_together(cause: str, analysed: dict[str, Analysed]) -> None:
    """All active muscles across the knee, in scope shank: within 10° or 15 % of what was imposed."""
    known = _known(cause)["shank"]
    imposed = sum(v for name, v in known.items() if name.endswith("|active"))
    found = analysed[cause]
    shares = _attribution(found.solved, "shank").degrees_by_group()
    active = sum(v for name, v in shares.items() if name.endswith("|active"))
    assert active == pytest.approx(imposed, abs=max(SHARE_DEG, SHARE * abs(imposed)))


def test_static_optimization_tells_a_pull_from_momentum(analysed: dict[str, Analysed]) -> None:
    """Least effort shares a pull that the hamstrings made alone with gastrocnemius, gracilis and sartorius.

    It leaves the hamstrings two thirds of it, and gives them a few degrees in a swing without any.
    """
    shares = {cause: _attribution(analysed[cause].solved, "shank").degrees_by_group() for cause in CAUSES}
    imposed = _known("pulled")["shank"]["hamstrings|active"]
    assert 0.55 * imposed < shares["pulled"]["hamstrings|active"] < 1.05 * imposed
    for cause in ("passive", "braked"):
        assert abs(shares[cause]["hamstrings|active"]) < SHARE_DEG


def test_the_causes_make_different_swings() -> None:
    peaks = {cause: _known(cause)["peak_flexion_deg"] for cause in CAUSES}
    assert peaks["braked"] < peaks["passive"] - 10.0
    assert peaks["passive"] < peaks["pulled"] - 10.0
    assert _known("pulled")["peak_without_hamstrings_deg"] < peaks["pulled"] - 10.0
    assert _known("passive")["peak_without_hamstrings_deg"] == pytest.approx(peaks["passive"], abs=0.1)


def _analyse(model: Model, name: str) -> Analysed:
    bundled, parameters = bundled_trial(name), Parameters()
    files = bundled.files
    trial = read_trial(files.trial, files.grf, files.external_loads, files.ik_setup)
    forces = None if bundled.known_forces is None else read_storage(bundled.known_forces)
    inputs = Inputs(trial=trial, model=model, parameters=parameters, forces=forces)
    kinematics = solve_kinematics(inputs)
    swings = line_up(inputs, kinematics, find_swings(trial, model, kinematics, parameters))
    dynamics = tuple(compute_dynamics(leg) for leg in swings)
    if forces is None:
        return Analysed(kinematics, dynamics)
    legs = prepare_muscles(dynamics[0])
    return Analysed(kinematics, dynamics, solve_from_table(legs), solve_least_effort(legs))


def _known(cause: str) -> dict[str, Any]:
    path = bundled_trial(cause).known
    assert path is not None
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _known_motion(cause: str) -> Path:
    return model_file(f"runners/synthetic_{cause}_known.mot")


def _within(value: float, norm: Any) -> None:
    assert value == pytest.approx(norm.mean, abs=norm.sd)


def _lever(limb: Limb, q: Array) -> float:
    """Least distance of the heel from the hip, over hip to knee to heel at that instant."""
    placed = limb.model.place(q)
    hip, knee, heel = (placed.body_position[:, b] for b in (limb.leg.thigh, limb.leg.shank, limb.leg.foot))
    near = np.linalg.norm(heel - hip, axis=1)
    k = int(near.argmin())
    return float(near[k] / (np.linalg.norm(knee[k] - hip[k]) + np.linalg.norm(heel[k] - knee[k])))


def _attribution(forces: LegForces | None, scope: str) -> Attribution:
    """The one swing, active and passive forces under the names that the known shares have."""
    assert forces is not None
    named = muscle_sources(forces)
    groups = [g.replace("_passive", "|passive") if "_passive" in g else f"{g}|active" for g in named.groups[:-1]]
    sources = Sources(names=named.names, groups=(*groups, named.groups[-1]), force=named.force)
    return attribute(forces.legs.dynamics, scope, sources).records()[0]


def _ablations(forces: LegForces | None) -> dict[str, Ablation]:
    assert forces is not None
    dynamics, legs = forces.legs.dynamics, forces.legs
    hamstrings = legs.moments(forces.active_force_n * in_group(forces, "hamstrings"))
    cases = {"none": np.zeros_like(dynamics.net_moment), "no_hamstrings": dynamics.at_released(hamstrings)}
    return replay(dynamics, cases).records()[0]
