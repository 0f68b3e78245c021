"""Our own model in OpenSim: it loads, it mirrors, and its moment arms and strength stand near published models'."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import opensim
import pytest

from swinglever.synthetic.osim import write_runner
from swinglever.system.resources import models_folder

LEG = {"runner": 0.8625 * 1.77 / 1.741, "rajagopal": 0.8044, "gait2392": 0.8258}
"""Hip to ankle centre, standing, m: of our tables, and measured in the two models."""

DELP = {"bflh": "bifemlh", "semimem": "semimem", "semiten": "semiten", "recfem": "rect_fem", "iliacus": "iliacus"} | {
    "psoas": "psoas",
    "gasmed": "med_gas",
    "gaslat": "lat_gas",
}
HIP = "hip_flexion_r"
KNEE = "knee_angle_r"
ANKLE = "ankle_angle_r"


class Loaded(NamedTuple):
    """A model and its one State: a second initSystem would spoil the first one's moment arms."""

    model: opensim.Model
    state: opensim.State


@pytest.fixture(scope="module")
def runner() -> Loaded:
    return _load(models_folder() / "runner.osim")


@pytest.fixture(scope="module")
def published(data_file: Callable[[str], Path]) -> dict[str, Loaded]:
    files = {"rajagopal": "models/Rajagopal2016.osim", "gait2392": "models/gait2392_millard2012muscle.osim"}
    return {name: _load(data_file(file)) for name, file in files.items()}


def test_it_loads_without_a_word(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """No missing mesh, no parameter that OpenSim corrects: its log has only the lines that every model gets."""
    shutil.copytree(models_folder() / "Geometry", tmp_path / "Geometry")
    path = shutil.copy(models_folder() / "runner.osim", tmp_path)
    opensim.Logger.setLevelString("Warn")
    opensim.Model(str(path)).initSystem()
    opensim.Logger.setLevelString("Off")
    assert capfd.readouterr().out == ""


def test_it_has_three_hip_one_knee_and_one_ankle_freedom_a_leg(runner: Loaded) -> None:
    coordinates = runner.model.getCoordinateSet()
    names = [coordinates.get(i).getName() for i in range(coordinates.getSize())]
    free = [n for n in names if not coordinates.get(n).get_locked()]
    right = ["hip_flexion_r", "hip_adduction_r", "hip_rotation_r", "knee_angle_r", "ankle_angle_r"]
    assert [n for n in free if n.endswith("_r")] == right
    assert len(free) == 6 + 3 + 10
    assert np.rad2deg(coordinates.get(KNEE).getRangeMax()) == pytest.approx(160.0)


@pytest.mark.parametrize("muscle", sorted(DELP))
@pytest.mark.parametrize(
    ("coordinate", "low", "high", "others"),
    [
        (HIP, -30, 90, {}),
        (HIP, -30, 90, {KNEE: 60}),
        (KNEE, 0, 120, {}),
        (KNEE, 0, 120, {HIP: 45}),
        (KNEE, 0, 120, {HIP: -15}),
        (ANKLE, -40, 30, {}),
        (ANKLE, -40, 30, {KNEE: 60}),
    ],
)
def test_moment_arms_lie_within_1_cm_of_two_published_models(
    runner: Loaded,
    published: dict[str, Loaded],
    muscle: str,
    coordinate: str,
    low: int,
    high: int,
    others: dict[str, int],
) -> None:
    """At one leg length. Where the two are themselves 1.9 cm apart, at 110° and 120°, no curve is near both."""
    angles = np.arange(low, high + 1, 10)
    ours = _moment_arms(runner, f"{muscle}_r", coordinate, angles, others)
    rajagopal = _moment_arms(published["rajagopal"], f"{muscle}_r", coordinate, angles, others)
    gait2392 = _moment_arms(published["gait2392"], f"{DELP[muscle]}_r", coordinate, angles, others, knee_sign=-1)
    rajagopal *= LEG["runner"] / LEG["rajagopal"]
    gait2392 *= LEG["runner"] / LEG["gait2392"]
    agree = np.abs(rajagopal - gait2392) < 0.019
    assert agree.sum() >= len(angles) - 2
    for theirs in (rajagopal, gait2392):
        far = np.abs(ours - theirs)[agree]
        assert far.max() < 0.010, (angles[agree][far.argmax()], far.max())


@pytest.mark.parametrize("muscle", ["bflh", "bfsh", "semimem", "semiten", "grac", "sart", "gasmed", "gaslat"])
def test_knee_flexors_flex_at_every_angle(runner: Loaded, muscle: str) -> None:
    arms = _moment_arms(runner, f"{muscle}_r", KNEE, np.arange(-9, 161, 5), {})
    assert arms.min() > 0.0


@pytest.mark.parametrize("muscle", ["recfem", "vasint", "vaslat", "vasmed"])
def test_knee_extensors_extend_at_every_angle(runner: Loaded, muscle: str) -> None:
    arms = _moment_arms(runner, f"{muscle}_r", KNEE, np.arange(-9, 161, 5), {})
    assert arms.max() < -0.005


@pytest.mark.parametrize("muscle", ["iliacus", "psoas"])
def test_iliopsoas_flexes_the_hip_at_every_angle(runner: Loaded, muscle: str) -> None:
    assert _moment_arms(runner, f"{muscle}_r", HIP, np.arange(-40, 120, 5), {}).min() > 0.0


def test_a_moment_arm_is_the_derivative_of_the_length(runner: Loaded) -> None:
    """OpenSim drops part of a moving point's work when a neighbour is on its body: ours do not depend on that."""
    state, coordinates = runner.state, runner.model.getCoordinateSet()
    pose = {HIP: 0.4, "hip_adduction_r": -0.1, "hip_rotation_r": 0.15, KNEE: 1.3, ANKLE: 0.2}
    step = 1e-5
    for name, angle in pose.items():
        coordinates.get(name).setValue(state, angle, False)
    for index in range(33):
        path = runner.model.getMuscles().get(index).getGeometryPath()
        for name, angle in pose.items():
            lengths = []
            for at in (angle + step, angle - step):
                coordinates.get(name).setValue(state, at, False)
                runner.model.realizePosition(state)
                lengths.append(path.getLength(state))
            coordinates.get(name).setValue(state, angle, False)
            runner.model.realizePosition(state)
            derivative = (lengths[1] - lengths[0]) / (2.0 * step)
            # 0.1 mm: the patella's polynomials keep its tendon's length to a hundredth of a millimetre.
            assert path.computeMomentArm(state, coordinates.get(name)) == pytest.approx(derivative, abs=1e-4), index
    _rest(runner)


def test_the_left_leg_mirrors_the_right(runner: Loaded) -> None:
    state, coordinates = runner.state, runner.model.getCoordinateSet()
    pose = {"hip_flexion": 0.5, "hip_adduction": 0.2, "hip_rotation": -0.3, "knee_angle": 1.1, "ankle_angle": -0.2}
    for side in "rl":
        for name, angle in pose.items():
            coordinates.get(f"{name}_{side}").setValue(state, angle, False)
    runner.model.realizePosition(state)
    muscles = runner.model.getMuscles()
    for index in range(33):
        name = muscles.get(index).getName()[:-2]
        right, left = (muscles.get(f"{name}_{side}").getGeometryPath() for side in "rl")
        assert left.getLength(state) == pytest.approx(right.getLength(state), abs=1e-9)
        for coordinate in pose:
            arms = [
                p.computeMomentArm(state, coordinates.get(f"{coordinate}_{s}")) for p, s in ((right, "r"), (left, "l"))
            ]
            assert arms[1] == pytest.approx(arms[0], abs=1e-7), (name, coordinate)
    _rest(runner)


@pytest.mark.parametrize(
    ("coordinate", "sign", "pose", "published_share", "source"),
    [
        (KNEE, -1, {HIP: 80, KNEE: 60}, 0.163, "extension"),
        (KNEE, +1, {HIP: 80, KNEE: 45}, 0.087, "flexion"),
        (HIP, +1, {HIP: 20, KNEE: 60}, 0.113, "flexion"),
        (HIP, -1, {HIP: 45, KNEE: 60}, 0.161, "extension"),
    ],
)
def test_maximum_joint_moments_have_the_right_size(
    runner: Loaded,
    published: dict[str, Loaded],
    coordinate: str,
    sign: int,
    pose: dict[str, int],
    published_share: float,
    source: str,
) -> None:
    """Isometric maxima near Rajagopal2016's for size, and not below those that young men were measured with.

    Notes
    -----
    Measured: Anderson DE, Madigan ML, Nussbaum MA (2007), J Biomech 40:3105-3113, peak isometric moments of young men
    as shares of body weight times stature. Trained runners are stronger; no one activates every muscle fully at once.
    """
    ours = _maximum_moment(runner, coordinate, sign, pose)
    theirs = _maximum_moment(published["rajagopal"], coordinate, sign, pose) * (70.6 * 1.77) / (75.0 * 1.70)
    measured = published_share * 70.6 * 9.81 * 1.77
    # A quarter: what 1 cm of moment arm is at the hip and the knee, 4 to 6 cm.
    assert ours == pytest.approx(theirs, rel=0.25)
    assert 0.9 * measured < ours < 2.5 * measured


def test_another_size_loads_and_stands(tmp_path: Path) -> None:
    model, state = _load(write_runner(tmp_path, stature_m=1.60, mass_kg=52.0))
    assert model.getTotalMass(state) == pytest.approx(52.0, abs=1e-6)
    ankle_and_shank = (0.4403 + 0.0685) * 1.60 / 1.741
    assert model.getBodySet().get("tibia_r").getPositionInGround(state).get(1) == pytest.approx(
        ankle_and_shank, abs=1e-6
    )


def _load(path: Path) -> Loaded:
    opensim.Logger.setLevelString("Off")
    model = opensim.Model(str(path))
    for i in range(model.getNumCoordinates()):
        model.getCoordinateSet().get(i).setDefaultClamped(False)
    for i in range(model.getMuscles().getSize()):
        muscle = opensim.Millard2012EquilibriumMuscle.safeDownCast(model.getMuscles().get(i))
        muscle.set_ignore_tendon_compliance(True)
    return Loaded(model, model.initSystem())


def _rest(loaded: Loaded) -> None:
    coordinates = loaded.model.getCoordinateSet()
    for i in range(coordinates.getSize()):
        if not coordinates.get(i).getLocked(loaded.state):
            coordinates.get(i).setValue(loaded.state, coordinates.get(i).getDefaultValue(), False)


def _pose(loaded: Loaded, pose: dict[str, float], knee_sign: int = 1) -> None:
    _rest(loaded)
    for name, degrees in pose.items():
        sign = knee_sign if name == KNEE else 1
        loaded.model.getCoordinateSet().get(name).setValue(loaded.state, np.deg2rad(degrees) * sign, False)
    loaded.model.assemble(loaded.state)
    loaded.model.realizeVelocity(loaded.state)


def _moment_arms(
    loaded: Loaded, muscle: str, coordinate: str, angles: np.ndarray, others: dict[str, int], knee_sign: int = 1
) -> np.ndarray:
    arms = []
    path = loaded.model.getMuscles().get(muscle).getGeometryPath()
    about = loaded.model.getCoordinateSet().get(coordinate)
    for angle in angles:
        _pose(loaded, {**others, coordinate: float(angle)}, knee_sign)
        arms.append(path.computeMomentArm(loaded.state, about) * (knee_sign if coordinate == KNEE else 1))
    return np.array(arms)


def _maximum_moment(loaded: Loaded, coordinate: str, sign: int, pose: dict[str, int]) -> float:
    """Moment of every muscle that pulls this way, fully active, at rest, its tendon rigid; N·m."""
    _pose(loaded, {name: float(angle) for name, angle in pose.items()})
    about, total = loaded.model.getCoordinateSet().get(coordinate), 0.0
    for i in range(loaded.model.getMuscles().getSize()):
        muscle = loaded.model.getMuscles().get(i)
        if not muscle.getName().endswith("_r"):
            continue
        arm = muscle.getGeometryPath().computeMomentArm(loaded.state, about)
        multiplier = muscle.getActiveForceLengthMultiplier(loaded.state) * muscle.getCosPennationAngle(loaded.state)
        total += max(0.0, arm * sign) * muscle.getMaxIsometricForce() * multiplier
    return total
