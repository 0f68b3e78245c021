"""The bundled synthetic trials: made again, near the norms they stand for, and with their known causes recovered."""

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from swinglever.anatomy.model import Model
from swinglever.causes.ablation import ablate
from swinglever.causes.attribution import Source, attribute
from swinglever.causes.silencing import silence, silent_cases
from swinglever.dynamics.limb import Dynamics, compute_dynamics
from swinglever.engines.opensim import load_model
from swinglever.errors import UnknownNameError
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.swings import find_swings
from swinglever.muscles.legs import prepare_muscles
from swinglever.muscles.solve import muscles_from_table, solve_muscles
from swinglever.readers.storage import read_storage
from swinglever.readers.trc import read_trc
from swinglever.readers.trial import read_trial
from swinglever.records.parameters import Parameters
from swinglever.records.results import Ablation, Attribution, Kinematics, MuscleForces
from swinglever.synthetic.norms import mean_runner
from swinglever.synthetic.simulation import read_cause, simulate_swing
from swinglever.synthetic.trials import bundled_trial, trial_names, write_mean_trial
from swinglever.system.resources import model_file

SPEEDS = (2.5, 3.5, 4.5)
CAUSES = ("passive", "pulled", "braked")
SHARE_DEG, SHARE = 10.0, 0.15
"""What a contribution may be off by: 10° or 15 % of the imposed one, the larger."""


class Analysed(NamedTuple):
    """A bundled trial on the way through the stages."""

    kinematics: Kinematics
    dynamics: tuple[Dynamics, ...]
    given: tuple[MuscleForces, ...]
    solved: tuple[MuscleForces, ...]


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
def test_the_mean_runner_swings_as_runners_do(speed: float, model: Model, analysed: dict[str, Analysed]) -> None:
    """Peak flexion, its time, hip extension and lever ratio within one standard deviation between runners."""
    found, norms = analysed[f"mean_{round(speed * 10)}"], mean_runner(speed).norms
    assert {d.events.side for d in found.dynamics} == {"r", "l"}
    assert len(found.dynamics) >= 4
    for dynamics in found.dynamics:
        knee, hip = dynamics.knee_flexion_rad, dynamics.q[:, dynamics.limb.leg.hip_flexion]
        percent = 100.0 * knee.argmax() / (len(knee) - 1)
        _within(np.degrees(knee.max()), norms["peak_swing_knee_flexion_deg"])
        _within(percent, norms["peak_swing_knee_flexion_percent_swing"])
        _within(-np.degrees(hip.min()), norms["peak_hip_extension_deg"])
        _within(_lever(model, dynamics), norms["min_hip_heel_over_hip_knee_heel"])
        assert dynamics.events.event_source == "ground_force"


@pytest.mark.parametrize("speed", SPEEDS)
def test_contact_lasts_as_long_as_in_the_norms(speed: float, analysed: dict[str, Analysed]) -> None:
    runner = mean_runner(speed)
    for dynamics in analysed[f"mean_{round(speed * 10)}"].dynamics:
        swing = dynamics.events.foot_strike_s - dynamics.events.toe_off_s
        # Half sines pass 50 N within 4 ms of their ends.
        assert swing == pytest.approx((1.0 - runner.stance_share) * runner.stride_time_s, abs=0.008)


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
    shares = _attribution(found.dynamics[0], found.given[0], scope).degrees_by_group()
    for group in (name for name in known if name.endswith(("|active", "|passive"))):
        assert shares[group] == pytest.approx(known[group], abs=max(SHARE_DEG, SHARE * abs(known[group]))), group
    # Far nearer than that where it matters: the causes differ by tens of degrees.
    assert shares["hamstrings|active"] == pytest.approx(known["hamstrings|active"], abs=2.0)
    assert shares["knee_extensors|active"] == pytest.approx(known["knee_extensors|active"], abs=2.0)


@pytest.mark.parametrize("cause", CAUSES)
def test_silencing_the_hamstrings_gives_what_the_simulation_gives(
    cause: str, model: Model, analysed: dict[str, Analysed]
) -> None:
    """Within 5° of the leg simulated again without them, all other activations as they were."""
    found = analysed[cause]
    forces = {found.dynamics[0].events.id: found.given[0]}
    silenced = silence(model, found.kinematics, found.dynamics, forces, silent_cases(), Parameters())[0]
    peak = np.degrees(silenced["silent_hamstrings"].peak_flexion_rad)
    assert peak == pytest.approx(_known(cause)["peak_without_hamstrings_deg"], abs=5.0)


@pytest.mark.parametrize("cause", CAUSES)
def test_replaying_all_but_the_hamstrings_gives_what_the_simulation_gives(
    cause: str, analysed: dict[str, Analysed]
) -> None:
    """Within 5°, every other joint moment replayed; and within 1° with nothing taken away."""
    known, found = _known(cause), analysed[cause]
    ablations = _ablations(found, found.given[0])
    none, silenced = (np.degrees(ablations[case].peak_flexion_rad) for case in ("none", "no_hamstrings"))
    assert none == pytest.approx(known["peak_flexion_deg"], abs=1.0)
    assert silenced == pytest.approx(known["peak_with_other_moments_replayed_deg"], abs=5.0)


@pytest.mark.parametrize("cause", CAUSES)
def test_static_optimization_gives_back_the_knee_muscles_together(cause: str, analysed: dict[str, Analysed]) -> None:
    """All active muscles across the knee, in scope shank: within 10° or 15 % of what was imposed."""
    known = _known(cause)["shank"]
    imposed = sum(v for name, v in known.items() if name.endswith("|active"))
    found = analysed[cause]
    shares = _attribution(found.dynamics[0], found.solved[0], "shank").degrees_by_group()
    active = sum(v for name, v in shares.items() if name.endswith("|active"))
    assert active == pytest.approx(imposed, abs=max(SHARE_DEG, SHARE * abs(imposed)))


def test_static_optimization_tells_a_pull_from_momentum(analysed: dict[str, Analysed]) -> None:
    """Least effort shares a pull that the hamstrings made alone with gastrocnemius, gracilis and sartorius.

    It leaves the hamstrings two thirds of it, and gives them a few degrees in a swing without any.
    """
    shares = {
        cause: _attribution(analysed[cause].dynamics[0], analysed[cause].solved[0], "shank").degrees_by_group()
        for cause in CAUSES
    }
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
    kinematics = solve_kinematics(Inputs(trial=trial, model=model, parameters=parameters))
    swings = find_swings(trial, model, kinematics, parameters)
    dynamics = compute_dynamics(model, kinematics, swings, trial.ground_forces, parameters)
    if bundled.known_forces is None:
        return Analysed(kinematics, dynamics, (), ())
    legs = prepare_muscles(model, kinematics, dynamics)
    given = muscles_from_table(legs, read_storage(bundled.known_forces))
    return Analysed(kinematics, dynamics, given, solve_muscles(legs))


def _known(cause: str) -> dict[str, Any]:
    path = bundled_trial(cause).known
    assert path is not None
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _known_motion(cause: str) -> Path:
    return model_file(f"runners/synthetic_{cause}_known.mot")


def _within(value: float, norm: Any) -> None:
    assert value == pytest.approx(norm.mean, abs=norm.sd)


def _lever(model: Model, dynamics: Dynamics) -> float:
    """Least distance of the heel from the hip, over hip to knee to heel at that instant."""
    limb = dynamics.limb
    placed = limb.model.place(dynamics.q)
    hip, knee, heel = (placed.body_position[:, b] for b in (limb.leg.thigh, limb.leg.shank, limb.leg.foot))
    near = np.linalg.norm(heel - hip, axis=1)
    k = int(near.argmin())
    return float(near[k] / (np.linalg.norm(knee[k] - hip[k]) + np.linalg.norm(heel[k] - knee[k])))


def _sources(dynamics: Dynamics, muscles: MuscleForces) -> list[Source]:
    released = list(dynamics.limb.leg.released)
    sources = []
    for kind, force in (("active", muscles.active_force_n), ("passive", muscles.passive_force_n)):
        for k, name in enumerate(muscles.names):
            push = np.zeros_like(dynamics.net_moment)
            push[:, released] = force[:, [k]] * muscles.moment_arm_m[:, k]
            sources.append(Source(name=f"{name}|{kind}", group=f"{muscles.groups[k]}|{kind}", force=push))
    rest = np.zeros_like(dynamics.net_moment)
    rest[:, released] = muscles.reserve_nm
    return [*sources, Source(name="unexplained", group="unexplained", force=rest)]


def _attribution(dynamics: Dynamics, muscles: MuscleForces, scope: str) -> Attribution:
    return attribute(dynamics, scope, _sources(dynamics, muscles))


def _ablations(found: Analysed, muscles: MuscleForces) -> dict[str, Ablation]:
    dynamics = found.dynamics[0]
    hamstrings = sum(
        (s.force for s in _sources(dynamics, muscles) if s.group == "hamstrings|active"),
        np.zeros_like(dynamics.net_moment),
    )
    cases = {"none": lambda d: np.zeros_like(d.net_moment), "no_hamstrings": lambda _: hamstrings}
    return ablate(found.kinematics, [dynamics], cases, Parameters())[0]
