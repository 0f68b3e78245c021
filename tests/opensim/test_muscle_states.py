"""Rigid-tendon fibre states against OpenSim's own, for the same state of the same muscle."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import opensim
import pytest

from swinglever.anatomy.fibres.states import Muscles, elastic_energy, fibre_states
from swinglever.engines.opensim import load_model
from swinglever.errors import ModelError

FindFile = Callable[[str], Path]


def move(native: Any, seed: int) -> Any:
    """Put a model into a random pose with random speeds; return the state."""
    rng = np.random.default_rng(seed)
    state = native.initSystem()
    coordinates = native.getCoordinateSet()
    for i in range(coordinates.getSize()):
        coordinate = coordinates.get(i)
        if not (coordinate.getLocked(state) or coordinate.isConstrained(state)):
            low, high = max(coordinate.getRangeMin(), -1.0), min(coordinate.getRangeMax(), 1.2)
            coordinate.setValue(state, 0.5 * rng.uniform(low, high), False)
            coordinate.setSpeedValue(state, rng.uniform(-4, 4))
    native.realizeVelocity(state)
    return state


def path_states(native: Any, state: Any) -> tuple[np.ndarray, np.ndarray]:
    muscles = [native.getMuscles().get(i) for i in range(native.getMuscles().getSize())]
    return (
        np.array([[m.getLength(state) for m in muscles]]),
        np.array([[m.getLengtheningSpeed(state) for m in muscles]]),
    )


@pytest.fixture(scope="module", params=["Millard2012EquilibriumMuscle", "DeGrooteFregly2016Muscle"])
def rigid(
    request: pytest.FixtureRequest, data_file: FindFile, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, Muscles]:
    """A model whose tendons OpenSim takes as rigid too, and its muscles as we read them."""
    kind = request.param
    name = "models/Rajagopal2016.osim" if kind.startswith("Millard") else "hamner2010_run/subject02_registered.osim"
    native = opensim.Model(str(data_file(name)))
    if kind.startswith("DeGroote"):
        opensim.DeGrooteFregly2016Muscle.replaceMuscles(native)
    for i in range(native.getMuscles().getSize()):
        native.updMuscles().get(i).set_ignore_tendon_compliance(True)
    path = tmp_path_factory.mktemp("rigid") / "rigid.osim"
    native.printToXML(str(path))
    return opensim.Model(str(path)), load_model(path).require_muscles().muscles


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rigid_tendon_states_equal_opensims_for_millard_and_de_groote(rigid: tuple[Any, Muscles], seed: int) -> None:
    native, muscles = rigid
    state = move(native, seed)
    native.realizeDynamics(state)
    states = fibre_states(muscles, *path_states(native, state))
    energy = elastic_energy(muscles, states, states.passive_force_n)
    compared = 0
    for i, name in enumerate(muscles.names):
        muscle = native.getMuscles().get(name)
        muscle.setActivation(state, 0.6)
        native.realizeDynamics(state)
        if states.slack[0, i]:
            continue
        compared += 1
        cosine = np.cos(states.pennation_rad[0, i])
        strength = muscles.parameters.max_isometric_force_n[i]
        assert states.fibre_length_m[0, i] == pytest.approx(muscle.getFiberLength(state), rel=1e-12)
        assert states.pennation_rad[0, i] == pytest.approx(muscle.getPennationAngle(state), abs=1e-12)
        assert states.fibre_velocity_m_s[0, i] == pytest.approx(muscle.getFiberVelocity(state), abs=1e-12)
        # 1e-7: how closely the sampled curves follow Millard's (1e-12 for the closed formulas of De Groote)
        for ours, theirs in (
            (states.active_multiplier, muscle.getActiveForceLengthMultiplier(state)),
            (states.passive_multiplier, muscle.getPassiveForceMultiplier(state)),
            (states.velocity_multiplier, muscle.getForceVelocityMultiplier(state)),
        ):
            assert ours[0, i] == pytest.approx(theirs, abs=1e-7)
        assert 0.6 * states.active_force_n[0, i] == pytest.approx(
            muscle.getActiveFiberForceAlongTendon(state), abs=1e-7 * strength
        )
        assert energy.passive_fibre_j[0, i] == pytest.approx(muscle.getFiberPotentialEnergy(state), abs=1e-6)
        elastic = states.passive_multiplier[0, i] * strength * cosine
        assert states.passive_force_n[0, i] == pytest.approx(elastic, abs=1e-9)
    assert compared > 0.8 * len(muscles.names)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rigid_tendon_states_equal_opensims_for_thelen(data_file: FindFile, seed: int) -> None:
    """Thelen's muscle has no rigid mode: its fibre is set to our length, and its rigid-tendon force asked for."""
    path = data_file("hamner2010_run/subject02_registered.osim")
    muscles = load_model(path).require_muscles().muscles
    native = opensim.Model(str(path))
    state = move(native, seed)
    states = fibre_states(muscles, *path_states(native, state))
    compared = 0
    for i, name in enumerate(muscles.names):
        muscle = opensim.Thelen2003Muscle.safeDownCast(native.getMuscles().get(name))
        if states.slack[0, i]:
            assert muscle.calcInextensibleTendonActiveFiberForce(state, 1.0) == 0
            continue
        compared += 1
        strength = muscles.parameters.max_isometric_force_n[i]
        # OpenSim inverts the force-velocity curve by Newton steps to 1e-6 of the maximum speed
        assert states.active_force_n[0, i] == pytest.approx(
            muscle.calcInextensibleTendonActiveFiberForce(state, 1.0), abs=1e-5 * strength
        )
        muscle.setFiberLength(state, float(states.fibre_length_m[0, i]))
        native.realizePosition(state)
        assert states.active_multiplier[0, i] == pytest.approx(muscle.getActiveForceLengthMultiplier(state), abs=1e-12)
        assert states.passive_multiplier[0, i] == pytest.approx(muscle.getPassiveForceMultiplier(state), abs=1e-12)
        assert states.pennation_rad[0, i] == pytest.approx(muscle.getPennationAngle(state), abs=1e-12)
    assert compared > 0.8 * len(muscles.names)


def test_sampled_curves_follow_millards_own(data_file: FindFile) -> None:
    path = data_file("models/RajagopalLaiUhlrich2023.osim")
    native = opensim.Model(str(path))
    muscles = load_model(path).require_muscles().muscles
    rng = np.random.default_rng(0)
    for indices, curves in muscles.curves[:5]:
        muscle = opensim.Millard2012EquilibriumMuscle.safeDownCast(native.getMuscles().get(int(indices[0])))
        for ours, theirs, low, high in (
            (curves.active_length, muscle.get_ActiveForceLengthCurve(), 0.0, 2.2),
            (curves.passive_length, muscle.get_FiberForceLengthCurve(), 0.4, 2.0),
            (curves.velocity, muscle.get_ForceVelocityCurve(), -1.5, 1.5),
        ):
            places = rng.uniform(low, high, 1000)
            expected = [theirs.calcValue(float(x)) for x in places]
            # 1e-7 of the maximum isometric force: a ten-thousandth of a newton
            np.testing.assert_allclose(ours(places[:, None])[:, 0], expected, atol=1e-7)


def test_a_muscle_type_without_curves_is_named(tmp_path: Path, data_file: FindFile) -> None:
    native = opensim.Model(str(data_file("models/gait10dof18musc.osim")))
    other = opensim.RigidTendonMuscle()
    other.setName("odd")
    other.addNewPathPoint("a", native.getBodySet().get("pelvis"), opensim.Vec3(0))
    other.addNewPathPoint("b", native.getBodySet().get("femur_r"), opensim.Vec3(0))
    native.addForce(other)
    native.finalizeConnections()
    path = tmp_path / "odd.osim"
    native.printToXML(str(path))
    with pytest.raises(ModelError, match="RigidTendonMuscle 'odd'"):
        load_model(path).require_muscles()
