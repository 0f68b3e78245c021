"""Which swings EMG and muscle forces from outside reach over."""

from collections.abc import Sequence

from swinglever.emg.envelopes import EmgSignals
from swinglever.errors import InputError
from swinglever.motion.inputs import Inputs
from swinglever.motion.swings import SwingEvents
from swinglever.muscles.choice import WITH_EMG, solver_name
from swinglever.readers.storage import Storage

_TOLD = 5
"""Swings that a message names."""

Kept = tuple[tuple[SwingEvents, ...], tuple[str, ...]]
"""Swings that can be analysed, and warnings that name the others."""


def keep_covered(swings: Sequence[SwingEvents], inputs: Inputs) -> Kept:
    """Give the swings that forces and EMG reach over, and warnings that name the others.

    Where EMG informs the muscle forces, swings of a leg with channels that it does not reach over are left out; a leg
    without channels is solved without. Where EMG is only shown, every swing stays.

    Raises
    ------
    InputError
        When the table of forces, or EMG, reaches over no swing.
    """
    kept, doubts = tuple(swings), tuple[str, ...]()
    if inputs.forces is not None:
        kept, doubts = _with_forces(kept, inputs.forces)
    if inputs.emg is not None:
        kept, more = _with_emg(kept, inputs.emg, informs=solver_name(inputs) == WITH_EMG)
        doubts = (*doubts, *more)
    return kept, doubts


def _with_emg(swings: Sequence[SwingEvents], emg: EmgSignals, *, informs: bool) -> Kept:
    told = [s for s in swings if emg.of_side(s.side)]
    reached = [s for s in told if emg.covers(s.toe_off_s, s.foot_strike_s)]
    if not reached:
        sides = sorted({c.side for c in emg.channels})
        raise InputError(
            f"expected EMG over a whole swing of its leg, '{emg.source}' has channels of {' and '.join(sides)} from "
            f"{emg.time_s[0]:.3f} to {emg.time_s[-1]:.3f} s; the swings are {_spans(swings)}"
        )
    doubts = [
        f"'{emg.source}' has no EMG of the leg {side}: its swings are solved without"
        for side in sorted({s.side for s in swings if s not in told})
        if informs
    ]
    missed = [s for s in told if s not in reached]
    if missed:
        ids = ", ".join(s.id for s in missed)
        doubts.append(f"'{emg.source}' does not reach over {ids}: {'left out' if informs else 'shown without it'}")
    return tuple(s for s in swings if not (informs and s in missed)), tuple(doubts)


def _with_forces(swings: Sequence[SwingEvents], table: Storage) -> Kept:
    first, last = table.time_s[0], table.time_s[-1]
    kept = tuple(s for s in swings if first <= s.toe_off_s and s.foot_strike_s <= last)
    if not kept:
        raise InputError(
            f"expected muscle forces over a whole swing, '{table.path}' has {first:.3f} to {last:.3f} s; "
            f"the swings are {_spans(swings)}"
        )
    left_out = len(swings) - len(kept)
    if not left_out:
        return kept, ()
    return kept, (f"{left_out} of {len(swings)} swings are left out: '{table.path}' does not reach over them",)


def _spans(swings: Sequence[SwingEvents]) -> str:
    return ", ".join(f"{s.id} {s.toe_off_s:.3f} to {s.foot_strike_s:.3f}" for s in swings[:_TOLD])
