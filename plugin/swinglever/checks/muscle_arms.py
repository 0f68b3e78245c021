"""Does each muscle turn knee and hip as its name says, and as far from them, over the angles of a swing."""

from collections.abc import Mapping
from itertools import product

import numpy as np

from swinglever.anatomy.groups import members, table_name
from swinglever.anatomy.model import Leg, Model, Side
from swinglever.anatomy.multibody.configuration import place
from swinglever.anatomy.paths.geometry import evaluate_paths
from swinglever.arrays import Array, Bools
from swinglever.checks.muscles import pose_legs
from swinglever.checks.names import some
from swinglever.errors import SwingleverError
from swinglever.muscles.legs import spanned_coordinates
from swinglever.records.faults import Fault, warning

_SURE: Mapping[str, Mapping[str, float]] = {
    "hamstrings": {"knee": 1.0, "hip": -1.0},
    "gastrocnemius": {"knee": 1.0},
    "knee_extensors": {"knee": -1.0, "hip": 1.0},
    "hip_flexors": {"hip": 1.0},
    "hip_extensors": {"hip": -1.0},
}
"""Which way each group (or set) turns a joint, flexion positive; the first is the joint that it must turn, the other
counts where the muscle crosses it.

Sartorius and gracilis at the knee, gracilis, pectineus and other adductors at the hip and tensor fasciae latae at the
knee are near its axis, or change sides of it within its range: nothing is expected of them. Nor of the ankle, whose
sign a model is free to choose."""
_UNSURE = {"pect"}
_KNEE_DEG, _HIP_DEG = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0), (-20.0, 10.0, 40.0)
"""Flexion in a swing, within which no muscle of a public model acts against its group."""
_OTHER_WAY_M, _LEAST_M = 0.001, 0.005
"""An arm that is longer than the first the other way contradicts a name, a mean one that is shorter than the second
does not bear it out. Over these angles public ones are 8 mm at least, and 17 mm in the mean: biceps femoris and
gastrocnemius of gait2392."""
_SHARES: Mapping[tuple[str, ...], Mapping[str, tuple[float, float]]] = {
    ("bflh", "bfsh", "bifemlh", "bifemsh", "hamstrings"): {"knee": (0.053, 0.080), "hip": (0.093, 0.139)},
    ("semimem",): {"knee": (0.070, 0.098), "hip": (0.093, 0.139)},
    ("semiten",): {"knee": (0.083, 0.119), "hip": (0.093, 0.139)},
    ("gaslat", "gasmed", "gastroc", "lat_gas", "med_gas"): {"knee": (0.043, 0.064)},
    ("recfem", "rect_fem"): {"knee": (0.078, 0.102), "hip": (0.078, 0.106)},
    ("vasint", "vaslat", "vasmed", "vas_int", "vas_lat", "vas_med", "vasti"): {"knee": (0.078, 0.102)},
    ("iliacus", "psoas", "iliopsoas"): {"hip": (0.058, 0.097)},
    ("glmax1", "glmax2", "glmax3", "glut_max", "glut_max1", "glut_max2", "glut_max3"): {"hip": (0.098, 0.169)},
}
"""Least and largest mean arm over these angles, in lengths of the thigh, of nine public adult models and ours, by name
in the table. The quadriceps of 40 people had 31 to 47 mm in vivo (PMC4662057), 0.07 to 0.11 of a thigh of 0.42 m."""
_BEYOND, _UNLIKE = 2.0**0.5, 1.2
"""How far beyond arms are told: people differ by 10 % of an arm (standard deviation, see docs/uncertainty.md).
Arms of both legs differ by 2 % at most in these models."""
_DOES = {1.0: "flexes", -1.0: "extends"}


def check_arms(model: Model) -> list[Fault]:
    """Name the muscles whose moment arms at knee or hip contradict their name, by their sign or by their size.

    Parameters
    ----------
    model
        With muscles; what `checks.muscles.group_muscles` made of their groups does not matter.
    """
    own = model.musculature
    if own is None or not model.legs:
        return []
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # of points that are then told
            posed = place(model.tree, _poses(model))
            arm_m = evaluate_paths(own.paths, posed).moment_arm_m
    except (SwingleverError, ValueError, FloatingPointError):
        return []  # told where the muscles are asked for
    spans = spanned_coordinates(model, own.paths)
    named = [name for name in own.names if table_name(name) not in _UNSURE]
    odd = {
        name: text
        for group, turns in _SURE.items()
        for name in members(group, named)
        for leg in model.legs.values()
        if (text := _contradiction(leg, arm_m[:, (k := own.names.index(name))], spans[k], turns))
    }
    mean_m = {
        (table_name(name), joint, side): (name, float(np.mean(sign * arm_m[:, k, at])))
        for k, name in enumerate(own.names)
        for side, leg in model.legs.items()
        for joint, (at, sign) in _joints(leg).items()
        if spans[k][at] and name not in odd
    }
    thigh_m = {side: _thigh_m(leg, posed.body_position) for side, leg in model.legs.items()}
    odd |= _odd_sizes(mean_m, thigh_m) or _unlike_sides(mean_m)
    if not odd:
        return []
    expected, mend = "muscles that turn knee and hip as their names say", "look at the points of its path, and its name"
    return [
        warning("muscle-arms", model.told_as, expected, some([f"{n} that {text}" for n, text in odd.items()], 4), mend)
    ]


_Means = Mapping[tuple[str, str, Side], tuple[str, float]]
"""Name in the table, joint and leg to the muscle's own name and its mean arm, m, flexion positive."""


def _odd_sizes(mean_m: _Means, thigh_m: Mapping[Side, float]) -> dict[str, str]:
    """Muscles whose mean arm is none of an adult, and what it is."""
    ranges = {(name, joint): both for names, of in _SHARES.items() for name in names for joint, both in of.items()}
    odd = dict[str, str]()
    for (known, joint, side), (name, arm_m) in mean_m.items():
        if (known, joint) not in ranges:
            continue
        low_m, high_m = np.array(ranges[known, joint]) * thigh_m[side] * (1.0 / _BEYOND, _BEYOND)
        if not low_m <= abs(arm_m) <= high_m:
            usual = f"where adults have {1e3 * low_m:.0f} to {1e3 * high_m:.0f}"
            odd[name] = f"{_DOES[np.sign(arm_m)]} the {joint} with a mean arm of {1e3 * abs(arm_m):.0f} mm, {usual}"
    return odd


def _unlike_sides(mean_m: _Means) -> dict[str, str]:
    """Muscles of the right leg whose mean arm is another than on the left."""
    sure = {name for names in _SHARES for name in names}
    odd = dict[str, str]()
    for (known, joint, side), (name, arm_m) in mean_m.items():
        other_m = mean_m.get((known, joint, "l"), ("", 0.0))[1]
        arms_m = sorted((abs(arm_m), abs(other_m)))
        if known in sure and side == "r" and arms_m[0] > _LEAST_M and arms_m[1] > _UNLIKE * arms_m[0]:
            arms = f"{1e3 * abs(arm_m):.0f} mm, {1e3 * abs(other_m):.0f} mm on the left"
            odd[name] = f"{_DOES[np.sign(arm_m)]} the {joint} with a mean arm of {arms}"
    return odd


def _thigh_m(leg: Leg, body_position: Array) -> float:
    """Length of the thigh, from bodies (p,b,3)."""
    return float(np.linalg.norm(body_position[:, leg.shank] - body_position[:, leg.thigh], axis=1).mean())


def _joints(leg: Leg) -> dict[str, tuple[int, float]]:
    """Coordinate and sign of flexion of knee and hip."""
    return {"knee": (leg.knee, leg.knee_sign), "hip": (leg.hip_flexion, 1.0)}


def _poses(model: Model) -> Array:
    """Coordinates (p,n) over the angles of a swing, inside the model's ranges."""
    low, high = np.array([(c.minimum, c.maximum) for c in model.coordinates]).T
    poses = [pose_legs(model, *np.radians(bent)) for bent in product(_KNEE_DEG, _HIP_DEG)]
    return np.clip(poses, low, high)


def _contradiction(leg: Leg, arm_m: Array, spans: Bools, turns: Mapping[str, float]) -> str:
    """What a muscle with arms (p,n) about the coordinates (n) does otherwise; empty where it does as it should."""
    joints = _joints(leg)
    if not any(spans[k] for k, _ in joints.values()):
        return ""  # the other leg's
    for rank, (joint, way) in enumerate(turns.items()):
        k, sign = joints[joint]
        own_m = way * sign * arm_m[:, k]
        if own_m.min() < -_OTHER_WAY_M:
            return f"{_DOES[-way]} the {joint} with an arm of up to {-1e3 * own_m.min():.0f} mm"
        if rank == 0 and own_m.mean() < _LEAST_M:
            return f"hardly {_DOES[way]} the {joint}, with an arm of {1e3 * own_m.mean():.0f} mm"
    return ""
