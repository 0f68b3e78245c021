"""Swings whose cause is known, analysed as recordings are: what an analysis finds beside what was so.

A drawn swing is simulated, and simulated again with silent hamstrings; that is the truth. Its markers, with noise, go
through inverse kinematics, the filter, static optimization and the bounds: with the model that was simulated, and with
another one, whose markers, masses, strengths and moment arms are off as documented (`swinglever.records.spread`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.certainty.known_findings import EMG, Found, Peak, find_in
from swinglever.certainty.known_recording import record_swing
from swinglever.certainty.known_truth import Truth, truth_of_simulated, why_refused
from swinglever.certainty.variation import another_runner
from swinglever.synthetic.draws import Draw, draw
from swinglever.synthetic.motion import simulated_motion
from swinglever.synthetic.simulation import SimulatedSwing, simulate_swings
from swinglever.synthetic.truth import HAMSTRINGS

MODELS = ("same model", "other model")
REPEATS, REPEATS_WITH_EMG = 8, 4
"""Repeats with varied inputs of each swing, and how many of them are solved with EMG too."""


@dataclass(frozen=True, kw_only=True)
class KnownSwing:
    """A drawn swing: what was so, and what analyses find, by `MODELS`; ``refused`` says why it is no runner's swing."""

    number: int
    kind: str
    speed_m_s: float
    hip_drive: float
    refused: str
    truth: Truth | None
    found: dict[str, Found]

    def as_table(self) -> dict[str, Any]:
        """Names and values, for a JSON file."""
        return asdict(self)

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> "KnownSwing":
        """Read what `as_table` gave."""
        truth = None if table["truth"] is None else Truth(**table["truth"])
        found = {name: _found(values) for name, values in table["found"].items()}
        return cls(**{**table, "truth": truth, "found": found})


def _found(values: Mapping[str, Any]) -> Found:
    return Found(**{**values, "peaks": [Peak(**each) for each in values["peaks"]]})


def know_swings(
    model: Model, seed: int, numbers: Sequence[int], repeats: tuple[int, int] = (REPEATS, REPEATS_WITH_EMG)
) -> tuple[KnownSwing, ...]:
    """Draw, simulate and analyse some swings.

    Parameters
    ----------
    model
        Our own model, loaded.
    seed, numbers
        Of the draws.
    repeats
        With varied inputs, for each swing; and how many of them are solved with EMG too.
    """
    draws = [draw(seed, number) for number in numbers]
    causes, speeds = [d.cause for d in draws], [d.speed_m_s for d in draws]
    swings = simulate_swings(model, causes, speeds)
    activation = np.nan_to_num(np.stack([swing.activation for swing in swings], axis=1))
    without = simulate_swings(model, causes, speeds, replay=activation, silent=HAMSTRINGS)
    return tuple(
        _know(model, seed, drawn, (swing, other), repeats)
        for drawn, swing, other in zip(draws, swings, without, strict=True)
    )


def _know(
    model: Model, seed: int, drawn: Draw, simulated: tuple[SimulatedSwing, SimulatedSwing], repeats: tuple[int, int]
) -> KnownSwing:
    swing, without = simulated
    refused = why_refused(swing, without)
    truth, found = None, {}
    if not refused:
        motion = simulated_motion(model, swing)
        truth = truth_of_simulated(model, swing, without, motion)
        random = np.random.default_rng([seed, drawn.number, 1])
        for name in MODELS:
            inputs, other = record_swing(model, swing, motion, random), name != MODELS[0]
            if other:
                inputs = another_runner(inputs, random)
            found[name] = find_in(inputs, swing, random, EMG if other else (), repeats)
    return KnownSwing(
        number=drawn.number,
        kind=drawn.kind,
        speed_m_s=drawn.speed_m_s,
        hip_drive=drawn.cause.hip_drive,
        refused=refused,
        truth=truth,
        found=found,
    )
