"""Who finds the muscle forces: one table of solvers, filled by plugins, ours among them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from swinglever.dynamics.limb import Dynamics
from swinglever.errors import EngineError, ForeignError, ShapeError, SwingleverError, UnknownNameError, named, told
from swinglever.motion.inputs import Inputs
from swinglever.muscles.forces import LegForces
from swinglever.muscles.legs import LegMuscles, prepare_muscles

SolveMuscles = Callable[[LegMuscles], LegForces | None]
"""Gives the forces of the muscles of a leg along all its swings; None leaves them unknown."""
STATIC_OPTIMIZATION, WITH_EMG = "static_optimization", "static_optimization+emg"
OPENSIM, NONE, FILE = "opensim", "none", "file"
"""Names of the solvers that come with swinglever, in the table and in results."""


@dataclass(frozen=True, kw_only=True)
class MuscleSolver:
    """A solver that was chosen, and its name in the table."""

    name: str
    solve: SolveMuscles

    def __call__(self, dynamics: Dynamics) -> LegForces | None:
        """Find the muscle forces of the swings of a leg; None where they stay unknown.

        Raises
        ------
        ModelError, InputError
            When forces were asked for that cannot be had.
        EngineError
            When the solver fails, or gives something else.
        """
        if dynamics.swings.inputs.model.musculature is None and self.name != FILE:
            return None
        return self.solve_for(prepare_muscles(dynamics))

    def solve_for(self, legs: LegMuscles) -> LegForces | None:
        """Do so for muscles that are prepared already."""
        try:
            found = self.solve(legs)
        except Exception as error:
            if isinstance(error, SwingleverError) and not isinstance(error, (ForeignError, ShapeError)):
                raise
            raise EngineError(f"the muscle solver {self.name!r} failed: {told(error)}") from error
        if found is not None and (not isinstance(found, LegForces) or found.legs.dynamics is not legs.dynamics):
            raise EngineError(
                f"expected LegForces of the swings that it was given from the muscle solver {self.name!r}, "
                f"got {type(found).__name__}"
            )
        return found


def solver_name(inputs: Inputs) -> str:
    """Name of the solver that the inputs ask for.

    Forces from a table go before any solver; EMG makes static optimization the one that it informs. Beside any other
    solver, EMG is only shown.
    """
    if inputs.forces is not None:
        return FILE
    asked = inputs.parameters.muscle_solver
    return WITH_EMG if asked == STATIC_OPTIMIZATION and inputs.emg is not None else asked


def choose_solver(inputs: Inputs, offered: Mapping[str, SolveMuscles]) -> MuscleSolver:
    """Choose the solver that the inputs ask for.

    Raises
    ------
    UnknownNameError
        When nobody offers it, saying who is offered.
    """
    name = solver_name(inputs)
    if name not in offered:
        raise UnknownNameError(f"there is no muscle solver {name!r}; there are {named(sorted(offered))}")
    return MuscleSolver(name=name, solve=offered[name])
