"""Does each muscle turn knee and hip as its name says, over the angles of a swing."""

from collections.abc import Mapping
from itertools import product

import numpy as np

from swinglever.anatomy.groups import members, table_name
from swinglever.anatomy.model import Leg, Model
from swinglever.anatomy.paths.geometry import evaluate_paths_at
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
_DOES = {1.0: "flexes", -1.0: "extends"}


def check_arms(model: Model) -> list[Fault]:
    """Name the muscles whose moment arms at knee or hip contradict their name.

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
            arm_m = evaluate_paths_at(own.paths, model.tree, _poses(model)).moment_arm_m
    except (SwingleverError, ValueError, FloatingPointError):
        return []  # told where the muscles are asked for
    spans = spanned_coordinates(model, own.paths)
    named = [name for name in own.names if table_name(name) not in _UNSURE]
    odd = [
        f"{name} that {text}"
        for group, turns in _SURE.items()
        for name in members(group, named)
        for leg in model.legs.values()
        if (text := _contradiction(leg, arm_m[:, (k := own.names.index(name))], spans[k], turns))
    ]
    if not odd:
        return []
    expected, mend = "muscles that turn knee and hip as their names say", "look at the points of its path, and its name"
    return [warning("muscle-arms", model.told_as, expected, some(odd, 4), mend)]


def _poses(model: Model) -> Array:
    """Coordinates (p,n) over the angles of a swing, inside the model's ranges."""
    low, high = np.array([(c.minimum, c.maximum) for c in model.coordinates]).T
    poses = [pose_legs(model, *np.radians(bent)) for bent in product(_KNEE_DEG, _HIP_DEG)]
    return np.clip(poses, low, high)


def _contradiction(leg: Leg, arm_m: Array, spans: Bools, turns: Mapping[str, float]) -> str:
    """What a muscle with arms (p,n) about the coordinates (n) does otherwise; empty where it does as it should."""
    joints = {"knee": (leg.knee, leg.knee_sign), "hip": (leg.hip_flexion, 1.0)}
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
