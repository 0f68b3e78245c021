"""How much later the force of each step comes than the body is accelerated by it: do clocks and plates go together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Side
from swinglever.arrays import Array, Bools
from swinglever.checks.newton import push_upwards
from swinglever.motion.steps import Contact
from swinglever.records.faults import Fault, warning
from swinglever.records.trial import GroundForce
from swinglever.signals import low_pass_at, smooth_curve

_DRIFTS_S, _PLAIN = 0.003, 3.0
"""By so many seconds, and standard errors, forces drift against the motion: those of public and bundled runs by 0.7 ms
from the first step to the last, by 1.4 in parts of 2 to 5 s. A clock that is 0.5 % off makes 5 ms and more of 2 s."""
_APART_S = 0.0055
"""In those, the forces of the right foot come from 3.5 ms before to 2 ms after those of the left; with one plate 12 ms
late or early it is 9 ms and more."""
_CUT_OFF_HZ = 6.0
"""Up to here the body's acceleration and the forces go together; above, soft parts of the body swing by themselves."""
_AROUND_S, _EDGE_S = 0.03, 0.1
"""A step is looked at for so much longer than it lasts, and not so near to an end of the recording."""
_LOOKS, _TURNS, _STEP_S = 40, 5, 0.02
"""Instants of a step; how often its lateness is corrected, and by how much at most."""
_ALIKE, _FARTHEST_S = 0.9, 0.08
"""Correlation of force and acceleration over a step, and lateness: beyond, the one is not of the other."""
_FEWEST = 5
"""Steps: lines through fewer leave nothing to tell their error by."""


@dataclass(frozen=True, kw_only=True)
class Lags:
    """A line through the lateness of all steps, with a height of its own for each foot.

    Attributes
    ----------
    drift
        Seconds by which the forces fall behind in each second.
    error
        Its standard error.
    lasting_s
        From the first step to the last.
    apart_s
        How much later the forces of the right foot come than those of the left.
    """

    drift: float
    error: float
    lasting_s: float
    apart_s: float


def tell_drift(lags: Lags | None) -> list[Fault]:
    """Name forces that fall behind, or get ahead, from step to step: their clock is not the motion's."""
    if lags is None or not (abs(lags.drift) * lags.lasting_s > _DRIFTS_S and abs(lags.drift) > _PLAIN * lags.error):
        return []
    expected = f"forces on the motion's clock, within {1e3 * _DRIFTS_S:.0f} ms from the first step to the last"
    way, drift = "fall behind" if lags.drift > 0 else "get ahead", abs(lags.drift)
    got = f"ones that {way} by {1e3 * drift:.1f} ms in each second"
    mend = f"look at the sampling rates of both: one is {100.0 * drift:.2f} % off"
    return [warning("force-clock", "ground forces", expected, got, mend)]


def tell_apart(lags: Lags | None) -> list[Fault]:
    """Name forces of one foot that come later than those of the other."""
    if lags is None or not abs(lags.apart_s) > _APART_S:
        return []
    late, other = "rl" if lags.apart_s > 0 else "lr"
    expected = f"forces of both feet within {1e3 * _APART_S:.1f} ms of each other, by the body's acceleration"
    got = f"ones that come {1e3 * abs(lags.apart_s):.0f} ms later under leg {late} than under leg {other}"
    return [warning("force-late", "ground forces", expected, got, "look whether one plate is late against the other")]


def measure_lags(
    time_s: Array, upwards: Array, forces: Sequence[GroundForce], contacts: Mapping[Side, Sequence[Contact]]
) -> Lags | None:
    """Find whether forces fall behind the motion, and by how much those of one foot; None of too few steps.

    Parameters
    ----------
    time_s, upwards
        Even times (T), and the acceleration (T) upwards of the centre of mass, m/s2.
    forces
        Of plates.
    contacts
        Begin and end of the steps of each foot by force, s. Those in which the other foot stands too are left out, as
        all of a walk are.
    """
    steps = _alone(contacts, time_s)
    if len(steps) < _FEWEST:
        return None
    begin, end = np.array([span for _, span in steps]).T[..., None]
    at_s = begin + (end - begin) * np.linspace(0.0, 1.0, _LOOKS)
    late_s, alike = _lateness(time_s, upwards, forces, at_s)
    kept = (alike >= _ALIKE) & (np.abs(late_s) < _FARTHEST_S)
    right = np.array([side == "r" for side, _ in steps])[kept]
    if len(right) < _FEWEST or right.all() or not right.any():
        return None
    return _line(at_s.mean(axis=1)[kept], late_s[kept], right)


def _alone(contacts: Mapping[Side, Sequence[Contact]], time_s: Array) -> list[tuple[Side, Contact]]:
    """Steps in which no other foot stands, with what is around them; those that the recording cuts are left out."""
    first, last = time_s[0] + _EDGE_S, time_s[-1] - _EDGE_S
    found = list[tuple[Side, Contact]]()
    for side, own in contacts.items():
        others = np.array([span for one, spans in contacts.items() if one != side for span in spans]).reshape(-1, 2)
        for on, off in ((on - _AROUND_S, off + _AROUND_S) for on, off in own):
            beside = (others[:, 0] < off) & (on < others[:, 1])
            if first <= on < off <= last and not beside.any():
                found.append((side, (on, off)))
    return found


def _lateness(time_s: Array, upwards: Array, forces: Sequence[GroundForce], at_s: Array) -> tuple[Array, Array]:
    """Lateness (S), s, of steps that are looked at at times (S,K), and the correlation of force and acceleration.

    Notes
    -----
    The acceleration is some times the force that comes ``late`` after it: ``need = gain (push + late dpush/dt)``, with
    both coefficients by least squares, again and again from the lateness found.
    """
    both = np.stack([upwards, push_upwards(forces, time_s)], axis=1)
    curve = smooth_curve(time_s, low_pass_at(time_s, both, _CUT_OFF_HZ))
    need, late_s = _centred(curve(at_s)[..., 0]), np.zeros(len(at_s))
    for _ in range(_TURNS):
        then = at_s + late_s[:, None]
        terms = np.stack([_centred(curve(then, order)[..., 1]) for order in (0, 1)], axis=-1)
        gain, slope = np.moveaxis(np.linalg.pinv(terms) @ need[..., None], 1, 0)[..., 0]
        late_s = late_s + np.clip(slope / np.where(gain > 0.0, gain, np.inf), -_STEP_S, _STEP_S)
    own = terms[..., 0]
    size = np.sqrt((own**2).sum(axis=1) * (need**2).sum(axis=1))
    return late_s, np.divide((own * need).sum(axis=1), size, out=np.zeros_like(size), where=size > 0.0)


def _centred(values: Array) -> Array:
    return np.asarray(values - values.mean(axis=1, keepdims=True))


def _line(time_s: Array, late_s: Array, right: Bools) -> Lags:
    terms = np.stack([time_s - time_s.mean(), right, np.logical_not(right)], axis=1)
    found, *_ = np.linalg.lstsq(terms, late_s)
    spread = float(np.sum((late_s - terms @ found) ** 2)) / (len(late_s) - terms.shape[1])
    error = float(np.sqrt(spread * np.linalg.inv(terms.T @ terms)[0, 0]))
    return Lags(drift=float(found[0]), error=error, lasting_s=float(np.ptp(time_s)), apart_s=float(found[1] - found[2]))
