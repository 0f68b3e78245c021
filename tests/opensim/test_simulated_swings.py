"""Swings simulated side by side: as each alone, and each as its cause says."""

from dataclasses import replace

import numpy as np
import pytest

from swinglever.anatomy.model import Model
from swinglever.engines.opensim import load_model
from swinglever.synthetic.cause import Burst, Cause, read_cause
from swinglever.synthetic.simulation import SimulatedSwing, simulate_swing, simulate_swings
from swinglever.system.resources import model_file

NOBODY = Cause(name="nobody")
CAUSES = {
    "nobody": NOBODY,
    "braked": read_cause("braked"),
    "driven": replace(NOBODY, hip_drive=1.2),
    "fast": replace(NOBODY, knee_speed_rad_s=1.0),
    "tail": replace(NOBODY, tail={"semimem": 0.3}),
    "two": replace(
        NOBODY,
        bursts=(
            Burst(activation={"bfsh": 0.4}, start=0.0, end=0.3),
            Burst(activation={"recfem": 0.1}, start=0.1, end=0.4),
        ),
    ),
}
SPEED = 3.0
"""Between the paces of the norms."""


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(model_file("runner.osim"))


@pytest.fixture(scope="module")
def swings(model: Model) -> dict[str, SimulatedSwing]:
    found = simulate_swings(model, list(CAUSES.values()), [SPEED] * len(CAUSES))
    return dict(zip(CAUSES, found, strict=True))


def peak(swing: SimulatedSwing) -> float:
    return float(np.degrees(swing.knee_flexion_rad.max()))


def test_side_by_side_they_go_as_alone(model: Model, swings: dict[str, SimulatedSwing]) -> None:
    """To rounding, which the muscles' saturation makes larger: a thousandth of a degree."""
    alone = simulate_swing(model, CAUSES["braked"], SPEED)
    np.testing.assert_allclose(swings["braked"].q, alone.q, atol=np.radians(1e-3))
    np.testing.assert_allclose(swings["braked"].time_s, alone.time_s)


def test_muscles_across_the_knee_do_what_the_cause_says_until_the_knee_has_folded(
    swings: dict[str, SimulatedSwing],
) -> None:
    for name, swing in swings.items():
        early = swing.knee_flexion_rad.argmax() * 9 // 10
        since, lasting = swing.time_s[:early] - swing.time_s[0], float(swing.time_s[-1] - swing.time_s[0])
        for muscle in ("bfsh", "recfem", "semimem", "vasint", "sart"):
            found = swing.activation[:early, swing.muscle_names.index(f"{muscle}_r")]
            np.testing.assert_allclose(found, CAUSES[name].activation(muscle, since, lasting), atol=1e-12)


def test_the_recorded_acceleration_is_that_of_the_recorded_motion(swings: dict[str, SimulatedSwing]) -> None:
    """Speeds differenced twice as far: activations step every 2 ms, so to a hundredth of the largest acceleration."""
    swing = swings["two"]
    step = swing.time_s[1] - swing.time_s[0]
    folding = slice(1, int(swing.knee_flexion_rad.argmax()) - 5)
    between = (swing.u[2:] - swing.u[:-2])[folding] / (2.0 * step)
    mean = 0.25 * (swing.udot[:-2] + 2.0 * swing.udot[1:-1] + swing.udot[2:])[folding]
    assert np.abs(between - mean)[:, :4].max() < 0.03 * np.abs(swing.udot[folding][:, :4]).max()


def test_each_cause_has_its_effect(swings: dict[str, SimulatedSwing]) -> None:
    """A harder hip drive and a knee that already flexes fold more, brakes less, a tail a little more."""
    plain = peak(swings["nobody"])
    assert peak(swings["driven"]) > plain + 4.0
    assert peak(swings["fast"]) > plain + 4.0
    assert peak(swings["braked"]) < plain - 4.0
    assert plain + 0.5 < peak(swings["tail"]) < plain + 30.0


def test_the_hip_goes_farther_when_driven_more(swings: dict[str, SimulatedSwing]) -> None:
    hip = {name: swings[name].q[:, 0] for name in ("nobody", "driven")}
    assert hip["nobody"][0] == hip["driven"][0]
    assert hip["driven"].max() > hip["nobody"].max() + np.radians(5.0)


def test_a_replay_without_silent_muscles_is_the_swing_again(model: Model, swings: dict[str, SimulatedSwing]) -> None:
    some = ["tail", "two"]
    activation = np.stack([swings[name].activation for name in some], axis=1)
    again = simulate_swings(model, [CAUSES[name] for name in some], [SPEED] * 2, replay=activation)
    for name, swing in zip(some, again, strict=True):
        np.testing.assert_allclose(swing.q, swings[name].q, atol=np.radians(1e-6))
    without = simulate_swings(
        model, [CAUSES[name] for name in some], [SPEED] * 2, replay=activation, silent=("semimem",)
    )
    assert peak(without[0]) < peak(swings["tail"]) - 0.5
    assert peak(without[1]) == pytest.approx(peak(swings["two"]), abs=1e-6)
