"""Where the swings are: from toe-off to the next foot strike of the same leg, with the events inside."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import make_interp_spline

from swinglever.anatomy.model import Leg, Model, Side, restrict
from swinglever.arrays import Array, Ints
from swinglever.errors import InputError
from swinglever.motion.foot_events import FootEvents, find_events
from swinglever.motion.foot_path import Travel, travel_of
from swinglever.records.event_errors import toe_off_error_s
from swinglever.records.foot_event import Gait
from swinglever.records.kinematics import Kinematics
from swinglever.records.parameters import Parameters
from swinglever.records.trial import Trial

_SHORTEST_S, _LONGEST_S = 0.12, 1.2
"""What a swing may last. A sprinter's lasts some 0.3 s, a walker's 0.4 to 0.5: less than half of the one, or more than
twice the other, is a pair of events that do not belong together."""
_LOOK_BACK = 0.35
"""The thigh of a walker turns before toe-off: it is looked for from this share of the swing's time before it on."""
_THIGH_TURNS_BY = 0.5
"""The thigh is furthest back in the first half of the swing: in running 4 to 8 % of the stride after toe-off (Fukuchi
2017)."""
_LOOKS = 201
"""Instants at which the inner events are looked for: every 2 ms or so, and then between them."""


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
        off = toe_off_error_s(self.event_source, self.gait)
        return self.toe_off_s - off, self.toe_off_s + off

    @property
    def id(self) -> str:
        """Name of the swing in results: ``r_1`` is the first of the right leg."""
        return f"{self.side}_{self.number}"

    @property
    def place(self) -> str:
        """How faults name it, with its time."""
        return f"swing {self.id} ({self.toe_off_s:.3f}-{self.foot_strike_s:.3f} s)"

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
    swings = [
        replace(_blank_swing(side, number, span, events[side].source_of(span[0])), gait=events[side].gait)
        for side in wanted
        for number, span in enumerate(_spans(events[side], kinematics), start=1)
    ]
    if not swings:
        raise InputError(
            f"expected at least one complete swing (toe-off to foot strike) in '{trial.place}', got none "
            f"({'; '.join(_seen(events[side]) for side in wanted)}); "
            "record a person who walks or runs forwards on the level, from before a toe-off to after the next strike"
        )
    return tuple(sorted(_with_inner_events(model, kinematics, swings), key=lambda s: s.toe_off_s))


def _seen(events: FootEvents) -> str:
    """Say which events of a leg were seen, and how far apart where no swing lasts so short or long."""
    offs, ons = events.toe_off_s, events.foot_strike_s
    lasting = [min(later) - off for off in offs if (later := [on for on in ons if on > off])]
    odd = [f"{span:.2g} s apart" for span in lasting if not _SHORTEST_S <= span <= _LONGEST_S]
    return ", ".join([f"leg {events.side}: {len(offs)} toe-offs and {len(ons)} foot strikes", *odd[:1]])


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


def _blank_swing(side: Side, number: int, span: tuple[float, float], source: str) -> SwingEvents:
    """A swing of which only toe-off and foot strike are known."""
    return SwingEvents(
        side=side,
        number=number,
        toe_off_s=span[0],
        thigh_reversal_s=np.nan,
        peak_flexion_s=np.nan,
        pass_s=np.nan,
        foot_strike_s=span[1],
        event_source=source,
    )


@dataclass(frozen=True, kw_only=True)
class _Line:
    """Hip, knee and ankle of a leg: a part of the model that is placed without the rest, and its coordinates there."""

    leg: Leg
    part: Model
    coordinates: Ints

    @classmethod
    def of(cls, model: Model, leg: Leg) -> "_Line":
        part, coordinates = restrict(model, tuple({leg.thigh, leg.shank, leg.ankle_body}))
        return cls(leg=leg, part=part, coordinates=coordinates)

    def joints(self, q: Array) -> Array:
        """Positions (3,K,3) in ground, m, of hip, knee and ankle at coordinates (K,n) of the whole model."""
        bodies = self.leg.thigh, self.leg.shank, self.leg.ankle_body
        position = self.part.place(q[:, self.coordinates]).body_position
        return np.moveaxis(position[:, np.searchsorted(np.unique(bodies), bodies)], 1, 0)


def _with_inner_events(model: Model, kinematics: Kinematics, swings: Sequence[SwingEvents]) -> tuple[SwingEvents, ...]:
    """Find the events between toe-off and foot strike of each swing."""
    travel = travel_of(model, kinematics)
    lines = {side: _Line.of(model, model.legs[side]) for side in dict.fromkeys(swing.side for swing in swings)}
    return tuple(_inner_events(kinematics, travel, lines[swing.side], swing) for swing in swings)


def _inner_events(kinematics: Kinematics, travel: Travel, line: _Line, swing: SwingEvents) -> SwingEvents:
    duration = swing.foot_strike_s - swing.toe_off_s
    begin = max(swing.toe_off_s - _LOOK_BACK * duration, kinematics.time_s[0])
    time_s = np.linspace(begin, swing.foot_strike_s, _LOOKS)
    q = kinematics.at(time_s)[0]
    (hip, knee, ankle), forward, up = line.joints(q), travel.at(time_s), line.part.up
    thigh_angle = np.arctan2(((knee - hip) * forward).sum(axis=1), -((knee - hip) @ up))
    swinging = time_s >= swing.toe_off_s
    early = time_s <= swing.toe_off_s + _THIGH_TURNS_BY * duration
    flexion = line.leg.knee_sign * q[:, line.leg.knee]
    return replace(
        swing,
        thigh_reversal_s=_highest(time_s[early], -thigh_angle[early]),
        peak_flexion_s=_highest(time_s[swinging], flexion[swinging]),
        pass_s=_first_rise(time_s[swinging], ((ankle - hip) * forward).sum(axis=1)[swinging]),
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
    begin = np.array([swing.toe_off_s for swing in swings]) + later_s
    begin = np.maximum(begin, kinematics.time_s[0])
    moved = [replace(swing, toe_off_s=float(toe_off)) for swing, toe_off in zip(swings, begin, strict=True)]
    return _with_inner_events(model, kinematics, moved)


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
