"""Rows that were lost without a gap in time: the whole body goes twice as far between two of them."""

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.checks.still import watched
from swinglever.records.faults import Fault, warning
from swinglever.records.trial import Trial

_TOO_FAR = {"markers": 1.6, "angles": 1.9}
"""How many times as far as between the rows before and after. In public recordings 1.3 at most of markers, and of joint
angles 1.7 (60 Hz, solved with IK accuracy 1e-4; 1.3 in the others). Where one row is lost it is about 2: 1.6 or more in
nine of ten times of markers at 60 to 150 Hz, 1.9 or more in four of ten of angles."""
_LEAST_HZ = 50.0
"""Below, a leg changes its speed as much within three rows: public recordings thinned to 20 Hz reach 2.1."""
_MOST = 5.0
"""Of the usual speed: what is faster counts as so fast, so that no leap of one marker stands for all."""


def check_lost_rows(trial: Trial, model: Model) -> list[Fault]:
    """Warn of rows between which the body goes too far for the time that they tell.

    Parameters
    ----------
    trial, model
        Markers, or joint angles, of which those of pelvis and legs count.
    """
    time_s, kind = trial.time_s, "angles" if trial.markers is None else "markers"
    if len(time_s) < 4 or 1.0 / np.median(np.diff(time_s)) < _LEAST_HZ:
        return []
    far = _strides(time_s, _places(trial, model)) > _TOO_FAR[kind]
    if not far.any():
        return []
    first = int(np.argmax(far)) + 1
    got = f"{np.count_nonzero(far)} after which it is further on, the first at {time_s[first]:.3f} s"
    mend = "look for rows that were lost while the times go on: write them with their own times"
    return [warning("rows-lost", trial.place, "rows in which the body goes on as before and after", got, mend)]


def _places(trial: Trial, model: Model) -> Array:
    """Whatever tells where the body is (T,n)."""
    if trial.markers is not None:
        return trial.markers.position_m.reshape(len(trial.time_s), -1)
    assert trial.angles is not None
    columns = trial.angles.columns()
    return np.array([columns[c.name] for c, _ in watched(model) if c.name in columns]).reshape(-1, len(trial.time_s)).T


def _strides(time_s: Array, places: Array) -> Array:
    """How fast all goes on between two rows (T-3), by how fast it goes before and after them."""
    speed = np.diff(places, axis=0) / np.diff(time_s)[:, None]
    speed = speed[:, np.isfinite(speed).any(axis=0)]
    usual = np.nanmedian(np.abs(speed), axis=0)
    speed = np.clip(speed[:, usual > 0.0] / usual[usual > 0.0], -_MOST, _MOST)
    own, beside = speed[1:-1], 0.5 * (speed[:-2] + speed[2:])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nansum(own * beside, axis=1) / np.nansum(beside**2 + 0.0 * own, axis=1))
