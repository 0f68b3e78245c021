"""OpenSim's own StaticOptimization, swing by swing in a child process: the second opinion."""

import numpy as np

from swinglever.arrays import Array
from swinglever.dynamics.contact import in_swing_of
from swinglever.muscles.choice import OPENSIM
from swinglever.muscles.forces import LegForces
from swinglever.muscles.legs import LegMuscles
from swinglever.muscles.solvers.table import forces_of_tension, read_tension
from swinglever.readers.storage import Storage

STEP_S, PAD_S = 0.01, 0.1
"""Step at which OpenSim solves, which takes about half a second each; and how far its splines reach beyond a swing."""


def solve_with_opensim(legs: LegMuscles) -> LegForces:
    """Solve with OpenSim's StaticOptimization, which leaves passive forces out and looks at the whole body.

    Raises
    ------
    ModelError
        When the model was not loaded from a file.
    """
    times = legs.dynamics.time_s
    force = np.stack([read_tension(_solve_swing(legs, time_s), legs.names, time_s) for time_s in times])
    return forces_of_tension(legs, force, OPENSIM, passive=False)


def _solve_swing(legs: LegMuscles, time_s: Array) -> Storage:
    """Forces around one swing at times (K)."""
    from swinglever.engines.opensim.analyses import MovingModel, point_forces, reserves_of, static_optimization

    swings = legs.dynamics.swings
    model, kinematics = swings.inputs.model, swings.kinematics
    first, last = max(time_s[0] - PAD_S, kinematics.time_s[0]), min(time_s[-1] + PAD_S, kinematics.time_s[-1])
    samples = np.linspace(first, last, int(np.ceil((last - first) / STEP_S)) + 1)
    mine, optimal = swings.limb.released_names, swings.inputs.parameters.reserve_optimal_nm
    ground = in_swing_of(swings.limb.leg, swings.limb.model.body_names, swings.inputs.trial.ground_forces)
    forces = point_forces(ground, model, samples)
    around = (
        float(samples[np.searchsorted(samples, time_s[0], side="right") - 1]),
        float(samples[np.searchsorted(samples, time_s[-1])]),
    )
    moving = MovingModel(model=model, time_s=samples, q=kinematics.at(samples)[0], forces=forces, window=around)
    return static_optimization(moving, reserves_of(model, mine, optimal), only=legs.names)[1]
