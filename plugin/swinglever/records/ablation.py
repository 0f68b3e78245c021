"""A swing as it would have gone without some of its causes."""

from dataclasses import dataclass
from typing import Annotated

from swinglever.arrays import Array
from swinglever.records.fields import described, labels
from swinglever.records.record import Record


@dataclass(frozen=True, kw_only=True)
class Ablation(Record):
    """A swing as it would have gone in one case.

    Parameters
    ----------
    case
        What was removed.
    time_s
        (K).
    coordinate_names
        (f) the coordinates that were integrated.
    q
        (K,f) the model's own signs, rad.
    knee_flexion_rad, hip_flexion_rad
        (K) flexion positive.
    peak_flexion_rad
        Highest knee flexion from toe-off until a fifth longer than the recorded folding took.
    stopped_by
        Coordinates that ran into the end of their range on the way to that peak; empty for a free swing.
    """

    case: Annotated[str, described("", "", "what was removed")]
    time_s: Annotated[Array, described("percent", "s", "time", from_holder="time_s")]
    coordinate_names: Annotated[tuple[str, ...], labels("coordinate", "coordinate that was integrated")]
    q: Annotated[Array, described("percent coordinate", "rad", "coordinate, the model's own sign", step=2**-14)]
    knee_flexion_rad: Annotated[Array, described("percent", "rad", "knee flexion", step=2**-14)]
    hip_flexion_rad: Annotated[Array, described("percent", "rad", "hip flexion", step=2**-14)]
    peak_flexion_rad: Annotated[
        float, described("", "rad", "highest knee flexion until a fifth longer than the recorded folding took")
    ]
    stopped_by: Annotated[
        tuple[str, ...], described("", "", "coordinates that ran into the end of their range before the peak")
    ]
