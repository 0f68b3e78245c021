"""Joint angles that move too little, stand still for a while, tremble, or differ between the legs: slips of a table."""

from collections.abc import Iterator

import numpy as np

from swinglever.anatomy.model import Coordinate, Model
from swinglever.arrays import Array, runs_of
from swinglever.checks.fills import find_fill
from swinglever.motion.kinematics import NEAR_BOUND_RAD
from swinglever.records.faults import Fault, error, warning
from swinglever.records.trial import Trial
from swinglever.signals import low_pass, step_of

_STIFF_RAD, _PELVIS_RAD = np.radians(3.5), np.radians(0.5)
"""Hips and ankles of whoever walks turn further, a pelvis too; in radians read as degrees they turn less."""
_HELD_ROWS, _HELD_S = 4, 0.03
"""So many rows alike, to the last digit, over so long a time are no motion."""
_STEP_RAD, _STEP_M = np.radians(0.09), 1.9e-3
"""Steps from which on tables are coarse: angles to a tenth of a degree move a net moment's part of 40 degrees by 3."""
_NOISE_RAD, _NOISE_HZ, _LEAST_RATE = np.radians(1.5), 12.0, 5.0
"""Root mean square beyond the cut-off that joints of a body have less of, at sampling rates that can tell."""
_UNLIKE, _APART_DEG, _STRIDES_S = 1.2, 10.0, 1.5
"""Ratio of the ranges in which the two knees, or hips, turn: 1.13 at most in public runs; mean angles of knees, hips
and ankles lie 4 degrees apart at most; over a stride at least."""


def check_still(trial: Trial, model: Model, in_degrees: bool) -> list[Fault]:
    """Every such fault of the joint angles (rad) of pelvis and legs.

    Parameters
    ----------
    trial, model
        Angles in radians, and the coordinates that they are of. What the model locks may stand still.
    in_degrees
        Whether the file's angles are degrees, so that another unit in one column shows as too little motion.
    """
    assert trial.angles is not None
    columns, faults = trial.angles.columns(), list[Fault]()
    if in_degrees and (waiting := _check_steps(trial, model, columns)):
        return waiting
    for c, least_rad in watched(model):
        q = columns.get(c.name)
        if q is None or not np.isfinite(q).all() or len(q) < _HELD_ROWS:
            continue
        faults += _check_one(trial.place, trial.time_s, c, q, least_rad if in_degrees and c.turns else 0.0)
    if rounded := _check_rounded(trial, model, columns):
        # Coarse steps repeat rows and go along lines.
        return [*rounded, *(fault for fault in faults if fault.code != "coordinate-held")]
    return faults or _compare_legs(trial, model, columns)


def _check_steps(trial: Trial, model: Model, columns: dict[str, Array]) -> list[Fault]:
    """Hips of which none swings: who stands, sits or waits makes no step."""
    hips = [model.coordinates[leg.hip_flexion] for leg in model.legs.values()]
    spans = [float(np.ptp(columns[c.name])) for c in hips if c.name in columns and not c.locked]
    if not spans or not max(spans) < _STIFF_RAD or not min(spans) > 0.0:
        return []
    got = f"hips that turn by {np.degrees(max(spans)):.2g} degrees at most"
    mend = "take a trial with steps; if the angles are radians, give --angles radians"
    return [error("no-steps", trial.place, "a person who walks or runs", got, mend)]


def _check_rounded(trial: Trial, model: Model, columns: dict[str, Array]) -> list[Fault]:
    """Coordinates in coarse steps, as where a table was written with few decimals: accelerations are made of these."""
    watched_names = {c.name for c, _ in watched(model)}
    turning = {c.name for c in model.coordinates if c.turns}
    steps = {name: step_of(q) for name, q in columns.items() if name in watched_names and np.isfinite(q).all()}
    coarse = {name: step for name, step in steps.items() if step > (_STEP_RAD if name in turning else _STEP_M)}
    if not coarse:
        return []
    name, step = max(coarse.items(), key=lambda each: (each[0] in turning, each[1]))
    size = f"{np.degrees(step):.2g} degrees" if name in turning else f"{1e3 * step:.2g} mm"
    got = f"{name!r} in steps of {size}" + (f" and {len(coarse) - 1} more" if len(coarse) > 1 else "")
    mend = "write the table with more decimals: accelerations are made of this"
    return [warning("coordinate-rounded", trial.place, "angles and places of fine steps", got, mend)]


def watched(model: Model) -> Iterator[tuple[Coordinate, float]]:
    """Give the coordinates of pelvis and legs that are free, and how far each turns at least."""
    moves = (model.tree.body_ancestors @ model.tree.drives) > 0
    legs = list(model.legs.values())
    for k in np.flatnonzero(moves[legs[0].pelvis_body]) if legs else ():
        yield model.coordinates[k], _PELVIS_RAD
    for leg in legs:
        ankle = np.flatnonzero(moves[leg.ankle_body] & ~moves[leg.shank])
        for k in (leg.knee, leg.hip_flexion, *ankle):
            if not model.coordinates[k].locked:
                yield model.coordinates[k], _STIFF_RAD


def _check_one(place: str, time_s: Array, c: Coordinate, q: Array, least_rad: float) -> list[Fault]:
    span = float(np.ptp(q))
    if span == 0.0:
        mend = "look whether the file has this column from the motion"
        return (
            []
            if c.locked
            else [warning("coordinate-still", place, f"a {c.name!r} that moves", f"{q[0]:g} in every row", mend)]
        )
    if span < least_rad:
        got = f"{c.name!r} that turns by {np.degrees(span):.2g} degrees in all"
        return [
            error("angle-unit", place, "every angle in degrees", got, "write it in degrees too, if it is in radians")
        ]
    faults = list[Fault]()
    if held := _held(time_s, c, q):
        first, rows = held
        got = f"{c.name!r} that stands still for {rows} rows from {time_s[first]:.3f} s"
        faults.append(
            warning("coordinate-held", place, "joints that move", got, "look for rows that were repeated or filled")
        )
    elif fill := find_fill(time_s, q[:, None]):
        got = f"{c.name!r} that goes along {fill.curve} for {fill.rows} rows from {time_s[fill.first]:.3f} s"
        mend = "look for a gap that was bridged: what happened in it is not known"
        faults.append(warning("coordinate-held", place, "joints that move", got, mend))
    rate_hz = (len(time_s) - 1) / (time_s[-1] - time_s[0])
    if c.turns and rate_hz > _LEAST_RATE * _NOISE_HZ:
        rough_rad = float(np.std(q - low_pass(q[:, None], rate_hz, _NOISE_HZ)[:, 0]))
        if rough_rad > _NOISE_RAD:
            got = f"{np.degrees(rough_rad):.1f} degrees of {c.name!r}"
            mend = "look for noise, or for cells out of line: accelerations are made of this"
            faults.append(warning("coordinate-noise", place, f"little motion beyond {_NOISE_HZ:g} Hz", got, mend))
    return faults


def _held(time_s: Array, c: Coordinate, q: Array) -> tuple[int, int] | None:
    """First row and length of the longest stretch in which nothing moves, inside the coordinate's range."""
    still = np.diff(q) == 0.0
    if c.turns and c.clamped:
        still &= (q[1:] > c.minimum + NEAR_BOUND_RAD) & (q[1:] < c.maximum - NEAR_BOUND_RAD)
    long = [
        (int(a), int(b - a) + 1)
        for a, b in runs_of(still)
        if b - a + 1 >= _HELD_ROWS and time_s[b] - time_s[a] >= _HELD_S
    ]
    return max(long, key=lambda run: run[1], default=None)


def _compare_legs(trial: Trial, model: Model, columns: dict[str, Array]) -> list[Fault]:
    """Knees, or hips, of which one turns plainly further than the other."""
    if len(model.legs) < 2 or trial.time_s[-1] - trial.time_s[0] < _STRIDES_S:
        return []
    for joint, names in _pairs(model):
        if not all(name in columns and np.isfinite(columns[name]).all() for name in names):
            continue
        spans = [float(np.degrees(np.ptp(columns[name]))) for name in names]
        means = [float(np.degrees(columns[name].mean())) for name in names]
        if joint != "ankle" and min(spans) > 0.0 and max(spans) > _UNLIKE * min(spans):
            got = " and ".join(f"{name!r} that turns by {span:.0f}" for name, span in zip(names, spans, strict=True))
            mend = "look at the unit and gain of both, unless the legs are unlike"
            return [warning("legs-unlike", trial.place, "legs that move alike", f"{got} degrees", mend)]
        if abs(means[0] - means[1]) > _APART_DEG:
            got = " and ".join(f"{name!r} of {mean:.0f}" for name, mean in zip(names, means, strict=True))
            mend = "look at the zero of both, unless the legs are unlike"
            return [warning("legs-unlike", trial.place, "legs that move alike", f"{got} degrees in the mean", mend)]
    return []


def _pairs(model: Model) -> Iterator[tuple[str, list[str]]]:
    """Coordinates of both knees, hips and ankles."""
    moves, legs = (model.tree.body_ancestors @ model.tree.drives) > 0, list(model.legs.values())
    ankles = [np.flatnonzero(moves[leg.ankle_body] & ~moves[leg.shank]) for leg in legs]
    yield "knee", [model.coordinates[leg.knee].name for leg in legs]
    yield "hip", [model.coordinates[leg.hip_flexion].name for leg in legs]
    if all(own.size for own in ankles):
        yield "ankle", [model.coordinates[own[0]].name for own in ankles]
