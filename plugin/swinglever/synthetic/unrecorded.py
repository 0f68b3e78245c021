"""Inputs of motions that nobody recorded: norms and simulations."""

from pathlib import Path

from swinglever.anatomy.model import Model
from swinglever.motion.inputs import Inputs
from swinglever.records.parameters import Parameters
from swinglever.records.trial import Trial


def inputs_of_a_motion(model: Model) -> Inputs:
    """Give the inputs of a model that moves without a recording: no markers, no noise, no ground force."""
    return Inputs(
        trial=Trial(name="unrecorded", path=Path("unrecorded"), sha256=""), model=model, parameters=Parameters()
    )
