"""The one look at everything that goes into an analysis: every fault at once, and the inputs with the safe mends.

``swinglever check`` prints what is found here, and ``swinglever analyse`` goes on with it or refuses.
"""

from dataclasses import dataclass, replace

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.checks.baseline import take_baselines_off
from swinglever.checks.coordinates import settle_angles
from swinglever.checks.envelopes import examine_emg
from swinglever.checks.forces import check_ground_forces
from swinglever.checks.lost_rows import check_lost_rows
from swinglever.checks.markers import check_markers
from swinglever.checks.mends import fill_short_gaps, name_and_turn
from swinglever.checks.model import check_model, check_whole, settle_side
from swinglever.checks.muscle_forces import check_muscle_forces, check_muscles_asked, check_solver
from swinglever.checks.muscles import group_muscles
from swinglever.checks.points import settle_points
from swinglever.checks.poses import settle_poses
from swinglever.checks.reading import Found, read_inputs
from swinglever.checks.request import Readers, Request
from swinglever.checks.timing import check_timing, leave_repeats_out
from swinglever.motion.inputs import Inputs
from swinglever.records.faults import Fault, error, is_sound, require_no_errors, sort_faults
from swinglever.records.parameters import Parameters
from swinglever.records.trial import Trial

_TOLD_LATER = {"at-bound", "force-far", "force-step", "marker-absent", "muscle-forces-leg"}
"""What the solved motion and its swings tell too, and better: an analysis leaves it to them."""


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What an examination found.

    Attributes
    ----------
    inputs
        What to analyse; None where a fault forbids it.
    faults
        Every fault, errors first.
    """

    inputs: Inputs | None
    faults: tuple[Fault, ...]

    @property
    def lasting(self) -> tuple[Fault, ...]:
        """Those that the solved motion does not tell too."""
        return tuple(fault for fault in self.faults if fault.code not in _TOLD_LATER)


def examine(request: Request, readers: Readers) -> Examined:
    """Read what a request names, mend what can be mended safely, and find every fault.

    Parameters
    ----------
    request
        What is to be analysed.
    readers
        Who reads the files.

    Notes
    -----
    Only the solved motion can tell how well the model fits the markers, where the swings are, and which of them
    markers, EMG or a table of muscle forces do not reach over: `checks.swings.keep_swings` looks at that.
    """
    found, chosen = read_inputs(request, readers), request.parameters
    faults = [*found.faults, *check_solver(chosen, readers.muscle_solvers)]
    if found.model is not None and (odd := check_whole(found.model)):
        faults, found = [*faults, *odd], replace(found, model=None)
    if found.model is not None:
        model, told = group_muscles(found.model)
        chosen, one_leg = settle_side(model, chosen)
        found, posed = settle_poses(replace(found, model=model), chosen)
        faults = [*faults, *told, *one_leg, *posed]
    trial, told = (found.trial, []) if found.model is None else _examine_trial(found, found.model, chosen)
    faults += told
    emg, told = (None, []) if trial.emg is None else examine_emg(trial.emg, found.model, trial.time_s, chosen)
    sorted_faults = sort_faults(dict.fromkeys([*faults, *told]))
    if found.model is None or not is_sound(sorted_faults):
        return Examined(inputs=None, faults=sorted_faults)
    lasting = Examined(inputs=None, faults=sorted_faults).lasting
    inputs = Inputs(
        trial=trial,
        model=found.model,
        parameters=chosen,
        emg=emg,
        forces=found.forces,
        muscle_groups=readers.muscle_groups,
        silent_cases=readers.silent_cases,
        warnings=tuple(map(str, lasting)),
    )
    return Examined(inputs=inputs, faults=sorted_faults)


def _examine_trial(found: Found, model: Model, parameters: Parameters) -> tuple[Trial, list[Fault]]:
    """Give the trial with its mended motion, and the faults of all that has to fit the model."""
    trial, told = found.trial, list[Fault]()
    if found.opened:
        with np.errstate(over="ignore", invalid="ignore"):  # of cells that are then named
            trial, told = _examine_motion(trial, model, parameters)
    trial, zeroed = take_baselines_off(trial)
    trial, pointless = settle_points(trial)
    forces = check_ground_forces(trial, model, is_sound(told), parameters.force_threshold_n)
    faults = [*check_model(model), *told, *zeroed, *pointless, *forces]
    if found.forces is None:
        faults += check_muscles_asked(model, parameters)
    else:
        faults += check_muscle_forces(found.forces, model, trial.time_s, parameters)
    return trial, faults


def require(examined: Examined) -> Inputs:
    """Give the inputs of an examination without errors.

    Raises
    ------
    FaultyInputError
        With the first fault that forbids an analysis, and the number of the others.
    """
    require_no_errors(examined.faults)
    assert examined.inputs is not None
    return examined.inputs


def _examine_motion(trial: Trial, model: Model, parameters: Parameters) -> tuple[Trial, list[Fault]]:
    """Give the motion with the model's names, axes and units, its short gaps filled, and its faults."""
    if trial.markers is None and trial.angles is None:
        return trial, [error("motion", trial.place, "markers or joint angles", "neither")]
    trial, faults = name_and_turn(trial, model, parameters)
    trial, repeated = leave_repeats_out(trial)
    faults += [*repeated, *check_timing(trial.place, trial.time_s, parameters)]
    trial, told = settle_angles(trial, model, parameters.angles, parameters.body_scope)
    faults += [*told, *check_markers(trial, model)]
    faults += check_lost_rows(trial, model) if is_sound(faults) else []
    trial, gaps = fill_short_gaps(trial, model, parameters.longest_gap_s)
    return trial, faults + gaps
