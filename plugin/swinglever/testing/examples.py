"""The mean runner in the plane, with muscles or without: a swing to try things on in a second or two."""

from functools import cache
from pathlib import Path

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.pipeline import analyse
from swinglever.plugins.manager import Plugins
from swinglever.readers.storage import write_storage
from swinglever.records.parameters import Parameters
from swinglever.records.report import Swing, SwingReport
from swinglever.records.trial import Angles, Trial
from swinglever.synthetic.planar_muscles import with_muscles
from swinglever.synthetic.planar_runner import planar_runner, running_coordinates


def example_report(
    plugins: Plugins | None = None, speed_m_s: float = 3.5, parameters: Parameters | None = None
) -> SwingReport:
    """Analyse the mean runner in the plane at 2.5, 3.5 or 4.5 m/s; no muscles, no OpenSim, well under a second.

    Parameters
    ----------
    plugins
        Plugins to try; the built-in alone when not given.
    speed_m_s
        Which speed.
    parameters
        Choices; fewer ``grid_points`` are quicker.
    """
    return analyse(
        example_trial(speed_m_s), planar_runner(), plugins=plugins or Plugins(), parameters=parameters or Parameters()
    )


def example_trial(speed_m_s: float = 3.5) -> Trial:
    """Give the joint angles of the planar runner (`swinglever.synthetic.planar_runner`) as a trial, made by hand."""
    time_s, q = running_coordinates(speed_m_s)
    return Trial(name="mean_runner", angles=Angles(names=planar_runner().coordinate_names, time_s=time_s, q=q))


@cache
def example_model() -> Model:
    """Give the planar runner with seven muscles a leg."""
    return with_muscles(planar_runner(), running_coordinates()[1])


def write_example_trial(folder: Path, speed_m_s: float = 3.5) -> Path:
    """Write the joint angles of the example as ``mean_runner.mot``, in degrees."""
    angles, turning = example_trial(speed_m_s).angles, [c.turns for c in planar_runner().coordinates]
    assert angles is not None
    degrees = np.where(turning, np.degrees(angles.q), angles.q)
    path = folder / "mean_runner.mot"
    return write_storage(path, angles.time_s, angles.names, degrees, header={"name": "example"}, in_degrees=True)


@cache
def example_swing() -> Swing:
    """Give the first right swing of the example."""
    return example_report().swing("r_1")
