"""How far does the contact threshold, that chosen or that of the file, move the toe-offs that forces tell."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from swinglever.anatomy.model import Side
from swinglever.checks.ranges import LOADED_N
from swinglever.motion.foot_events import find_contact_times
from swinglever.motion.inputs import Inputs
from swinglever.motion.steps import Contact
from swinglever.records.event_errors import toe_off_error_s
from swinglever.records.faults import Fault, warning
from swinglever.records.kinematics import Kinematics
from swinglever.records.trial import GroundForce

_NOTHING_N, _LOWEST_N, _FEWEST = 5.0, 80.0, 8
"""Public and bundled forces pass 5 to 50 N in 1 to 61 samples, about as many as they have from 100 to 200 N. Of forces
that are nothing below 80 N toe-offs come 5 to 9 ms early in the public trials, more than their stated error."""
_SAME_S = 0.1
"""Toe-offs of the two thresholds that lie farther apart are those of two steps."""


def check_threshold(inputs: Inputs, kinematics: Kinematics) -> list[Fault]:
    """Warn of a threshold at which toe-offs come earlier or later than at 50 N by more than their stated error.

    Parameters
    ----------
    inputs, kinematics
        The forces, each under the foot that bears it, and the moving body.

    Notes
    -----
    The foot has left where the force is nothing, which no plate tells. All that is known of toe-offs, the error of
    those by motion and the norms, was measured at 50 N. In public trials of running they come 8 to 19 ms later at
    10 N, 7 to 12 at 20 N, and 14 to 26 ms earlier at 200 N; in a walk, 22 and 13 ms later and 33 ms earlier.
    """
    chosen_n, (model, forces) = inputs.parameters.force_threshold_n, (inputs.model, inputs.trial.ground_forces)
    if chosen_n == LOADED_N or not forces:
        return []
    usual, chosen = (find_contact_times(model, kinematics, forces, n) for n in (LOADED_N, chosen_n))
    late_s, error_s = _lateness(usual, chosen), toe_off_error_s("ground_force", "running")
    if not abs(late_s) > error_s:
        return []
    expected = f"a force_threshold_n with toe-offs within {1e3 * error_s:.0f} ms of those at {LOADED_N:g} N"
    got = f"{chosen_n:g} N, at which they come {1e3 * abs(late_s):.0f} ms {'later' if late_s > 0 else 'earlier'}"
    mend = f"choose {LOADED_N:g} N, or compare with swings of the same threshold alone"
    return [warning("force-threshold", "ground forces", expected, got, mend)]


def check_cut_off(forces: Sequence[GroundForce]) -> list[Fault]:
    """Warn of forces that were set to nothing below a force at which the foot still pushes.

    Parameters
    ----------
    forces
        Their samples; where a step rises within one of them nothing is said.
    """
    ups = [force.force_n[:, 1] for force in forces]
    up = np.concatenate([of[of > _NOTHING_N] for of in ups]) if ups else np.empty(0)
    lowest_n = float(up.min()) if up.size else 0.0
    if lowest_n < _LOWEST_N or np.count_nonzero(up < 2.0 * lowest_n) < _FEWEST:
        return []
    expected, got = f"forces that fall below {LOADED_N:g} N by degrees", f"none between 0 and {lowest_n:.0f} N"
    mend = "write them as they were measured: toe-offs come too early where a foot's last push was cut off"
    return [warning("force-threshold", "ground forces", expected, got, mend)]


def _lateness(usual: Mapping[Side, Iterable[Contact]], chosen: Mapping[Side, Iterable[Contact]]) -> float:
    """How much later the chosen contacts end than the usual ones, s: the median; nan where none are the same."""
    nearest = [
        min((off - end for _, off in chosen[side] if np.isfinite(off)), key=abs, default=np.nan)
        for side, own in usual.items()
        for _, end in own
        if np.isfinite(end)
    ]
    same = [late for late in nearest if abs(late) < _SAME_S]
    return float(np.median(same)) if same else float("nan")
