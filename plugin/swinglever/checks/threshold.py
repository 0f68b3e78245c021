"""How far does the chosen contact threshold move the toe-offs that forces tell."""

from collections.abc import Iterable, Mapping

import numpy as np

from swinglever.anatomy.model import Side
from swinglever.checks.ranges import LOADED_N
from swinglever.motion.foot_events import find_contact_times
from swinglever.motion.inputs import Inputs
from swinglever.motion.steps import Contact
from swinglever.records.event_errors import toe_off_error_s
from swinglever.records.faults import Fault, warning
from swinglever.records.kinematics import Kinematics

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
