"""Where the swings are: from toe-off to the next foot strike of the same leg, with the events inside."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import make_interp_spline

from swinglever.anatomy.model import Leg, Model, Side
from swinglever.arrays import Array
from swinglever.errors import InputError
from swinglever.motion.foot_events import FootEvents, find_events
from swinglever.motion.foot_path import travel_direction
from swinglever.readers.trial import Trial
from swinglever.records.event_errors import toe_off_sd_s
from swinglever.records.foot_event import Gait
from swinglever.records.parameters import Parameters
from swinglever.records.results import Kinematics

_SHORTEST_S, _LONGEST_S = 0.12, 1.2


@dataclass(frozen=True, kw_only=True)
class SwingEvents:
    """One swing and its events, s; an event that the swing does not have is nan.

    ``thigh_reversal_s`` may lie before toe-off: in walking the thigh turns while the toes still push.
    """

    side: Side
    number: int
    toe_off_s: float
    thigh_reversal_s: float
    peak_flexion_s: float
    pass_s: float
    foot_strike_s: float
    event_source: str
    gait: Gait = "running"

    @property
    def toe_off_band_s(self) -> tuple[float, float]:
        """Between which times the true toe-off lies with nine chances in ten, by where the event comes from."""
        off = 1.645 * toe_off_sd_s(self.event_source, self.gait)
        return self.toe_off_s - off, self.toe_off_s + off

    @property
    def id(self) -> str:
        """Name of the swing in results: ``r_1`` is the first of the right leg."""
        return f"{self.side}_{self.number}"

    def grid(self, n_points: int) -> Array:
        """Even times (K) from toe-off to foot strike."""
        return np.linspace(self.toe_off_s, self.foot_strike_s, n_points)


def find_swings(trial: Trial, model: Model, kinematics: Kinematics, parameters: Parameters) -> tuple[SwingEvents, ...]:
    """Find every complete swing of the chosen sides, in the order in which they begin.

    Raises
    ------
    InputError
        When there is none, saying which events were found.
    """
    events = find_events(model, kinematics, trial.ground_forces, parameters, trial.events)
    wanted = [s for s in model.legs if parameters.side in (s, "both")]
    forward = travel_direction(model, model.place(kinematics.q))
    swings = [
        replace(
            _with_inner_events(model, kinematics, forward, model.legs[side], span, number, events[side].source),
            gait=events[side].gait,
        )
        for side in wanted
        for number, span in enumerate(_spans(events[side], kinematics), start=1)
    ]
    if not swings:
        seen = {s: (len(events[s].toe_off_s), len(events[s].foot_strike_s)) for s in wanted}
        raise InputError(
            f"expected at least one complete swing (toe-off to foot strike) in '{trial.path}', got none; "
            f"(toe-offs, foot strikes) by side: {seen}"
        )
    return tuple(sorted(swings, key=lambda s: s.toe_off_s))


def _spans(events: FootEvents, kinematics: Kinematics) -> list[tuple[float, float]]:
    """Pairs of a toe-off and the next foot strike, with no other toe-off between, inside the recording."""
    begin, end = kinematics.time_s[0], kinematics.time_s[-1]
    spans = []
    for k, off in enumerate(events.toe_off_s):
        next_off = events.toe_off_s[k + 1] if k + 1 < len(events.toe_off_s) else np.inf
        strikes = [s for s in events.foot_strike_s if off < s < next_off]
        if strikes and off >= begin and strikes[0] <= end and _SHORTEST_S <= strikes[0] - off <= _LONGEST_S:
            spans.append((off, strikes[0]))
    return spans


def _with_inner_events(
    model: Model,
    kinematics: Kinematics,
    forward: Array,
    leg: Leg,
    span: tuple[float, float],
    number: int,
    source: str,
) -> SwingEvents:
    duration = span[1] - span[0]
    # The thigh may turn before toe-off; look back a third of a swing for it.
    begin = max(span[0] - 0.35 * duration, kinematics.time_s[0])
    time_s = np.linspace(begin, span[1], 201)
    q = kinematics.at(time_s)[0]
    placed = model.place(q)
    hip, knee = placed.body_position[:, leg.thigh], placed.body_position[:, leg.shank]
    ankle = placed.body_position[:, leg.ankle_body]
    up = -model.gravity / np.linalg.norm(model.gravity)
    thigh_angle = np.arctan2((knee - hip) @ forward, -((knee - hip) @ up))
    swinging = time_s >= span[0]
    early = time_s <= span[0] + 0.5 * duration
    flexion = leg.knee_sign * q[:, leg.knee]
    peak = _highest(time_s[swinging], flexion[swinging])
    return SwingEvents(
        side=leg.side,
        number=number,
        toe_off_s=span[0],
        thigh_reversal_s=_highest(time_s[early], -thigh_angle[early]),
        peak_flexion_s=peak,
        pass_s=_first_rise(time_s[swinging], ((ankle - hip) @ forward)[swinging]),
        foot_strike_s=span[1],
        event_source=source,
    )


def move_toe_offs(
    model: Model, kinematics: Kinematics, swings: Sequence[SwingEvents], later_s: Array
) -> tuple[SwingEvents, ...]:
    """Give the same swings with toe-offs that come later (or earlier) by some time, and the inner events that follow.

    Parameters
    ----------
    model, kinematics
        The moving body, which may move otherwise than when the swings were found.
    swings, later_s
        The swings, and how much later (s) each begins; never before the recording.
    """
    forward = travel_direction(model, model.place(kinematics.q))
    begin = float(kinematics.time_s[0])
    return tuple(
        replace(
            _with_inner_events(
                model,
                kinematics,
                forward,
                model.legs[s.side],
                (max(s.toe_off_s + float(late), begin), s.foot_strike_s),
                s.number,
                s.event_source,
            ),
            gait=s.gait,
        )
        for s, late in zip(swings, later_s, strict=True)
    )


def _highest(time_s: Array, values: Array) -> float:
    """Time of the highest inner maximum, between samples; nan where the curve has none."""
    curve = make_interp_spline(time_s, values, k=4)
    slope = curve.derivative()(time_s)
    turns = np.flatnonzero((slope[:-1] > 0) & (slope[1:] <= 0))
    if not turns.size:
        return float("nan")
    k = turns[np.argmax(values[turns])]
    part = slope[k] / (slope[k] - slope[k + 1])
    return float(time_s[k] + part * (time_s[k + 1] - time_s[k]))


def _first_rise(time_s: Array, values: Array) -> float:
    """First time at which the values pass from negative to positive; nan where they do not."""
    crossings = np.flatnonzero((values[:-1] < 0) & (values[1:] >= 0))
    if not crossings.size:
        return float("nan")
    k = crossings[0]
    return float(np.interp(0.0, values[k : k + 2], time_s[k : k + 2]))
