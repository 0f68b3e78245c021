"""What the muscles of a model are: by name where the table has it, else by what they do at knee and hip."""

from dataclasses import replace

import numpy as np

from swinglever.anatomy.groups import OTHER, group_of
from swinglever.anatomy.model import Leg, Model, Side
from swinglever.anatomy.musculature import Musculature
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.arrays import Array
from swinglever.checks.names import some
from swinglever.checks.ranges import hold
from swinglever.errors import SwingleverError
from swinglever.muscles.legs import spanned_coordinates
from swinglever.records.faults import Fault, warning

_KNEE_RAD, _HIP_RAD = np.radians(60.0), np.radians(20.0)
"""The pose of early swing, where every flexor of the knee has a long arm."""
_LEAST_M = 0.005
"""A shorter arm, as popliteus has it, makes no flexor of the knee."""
_HIP_M = 0.02
"""Hamstrings extend the hip with 5 to 7 cm; gracilis and sartorius, which flex the knee too, do not. Tensor fasciae
latae extends the knee with less than this, rectus femoris with twice as much."""
_AT_THE_KNEE = {"hamstrings": 1.0, "other_knee_flexors": 1.0, "knee_extensors": -1.0}
"""Which way each group turns the knee, flexion positive."""


def group_muscles(model: Model) -> tuple[Model, list[Fault]]:
    """Give every muscle that crosses a knee and that no table names a group by its moment arms, and tell of it.

    A muscle whose name says the opposite of what it does at the knee is grouped by what it does, too.

    Parameters
    ----------
    model
        Loaded; one without muscles stays as it is.
    """
    musculature = model.musculature
    if musculature is None or not model.legs:
        return model, []
    with np.errstate(over="ignore", invalid="ignore"):  # of points that are then told
        doubtful = {name: group for name, group in _doubtful(model, musculature).items() if group}
    if not doubtful:
        return model, []
    place = model.told_as
    by_group: dict[str, list[str]] = {}
    for name, group in doubtful.items():
        by_group.setdefault(group, []).append(name)
    got = "; ".join(f"{some(names)} taken for {group.replace('_', ' ')}" for group, names in by_group.items())
    mend = "by their moment arms at knee and hip"
    told = warning("muscle-groups", place, "muscles across the knee by names of the table", got, mend)
    return replace(model, musculature=replace(musculature, known_groups={**doubtful, **musculature.known_groups})), [
        told
    ]


def bare_legs(model: Model) -> tuple[Side, ...]:
    """Legs without a muscle across the knee in a model that has muscles."""
    if model.musculature is None:
        return ()
    spans = spanned_coordinates(model, model.musculature.paths)
    return tuple(side for side, leg in model.legs.items() if not spans[:, leg.knee].any())


def check_fibres(model: Model) -> list[Fault]:
    """Muscles whose path no body has room for in early swing, or across the knee, whose fibres it does not suit."""
    own = model.musculature
    if own is None or not model.legs:
        return []
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # of points that are then told
            length_m = evaluate_paths_at(own.paths, model.tree, pose_legs(model, _KNEE_RAD, _HIP_RAD)[None]).length_m[0]
    except (SwingleverError, ValueError, FloatingPointError):
        return []  # told where the muscles are asked for
    constants = own.muscles.parameters
    fibres = (length_m - constants.tendon_slack_length_m) / constants.optimal_fibre_length_m
    rows = [k for k, group in enumerate(own.groups) if group in _AT_THE_KNEE]
    place = model.told_as
    return [
        *hold("model-muscle", place, "length of a muscle in early swing", own.names, length_m),
        *hold("model-muscle", place, "fibre length in early swing", [own.names[k] for k in rows], fibres[rows]),
    ]


def _doubtful(model: Model, musculature: Musculature) -> dict[str, str]:
    """Group by moment arms of every muscle whose name tells none, or another."""
    try:
        pose = pose_legs(model, _KNEE_RAD, _HIP_RAD)[None]
        arms = evaluate_paths_at(musculature.paths, model.tree, pose).moment_arm_m[0]
    except (SwingleverError, ValueError, FloatingPointError):
        return {}  # told where the muscles are asked for
    spans, found = spanned_coordinates(model, musculature.paths), dict[str, str]()
    for leg in model.legs.values():
        for m in np.flatnonzero(spans[:, leg.knee]):
            name = musculature.names[m]
            group, named = _group(leg, arms[m], spans[m]), group_of(name)
            opposite = _AT_THE_KNEE.get(named, 0.0) * _AT_THE_KNEE.get(group, 0.0) < 0.0
            if name not in musculature.known_groups and (named == OTHER or opposite):
                found[name] = group
    return found


def pose_legs(model: Model, knee_rad: float, hip_rad: float) -> Array:
    """Coordinates (n): the model's default, with both knees and hips flexed by some angles."""
    q = np.array([c.default for c in model.coordinates])
    for leg in model.legs.values():
        q[leg.knee], q[leg.hip_flexion] = leg.knee_sign * knee_rad, hip_rad
    return q


def _group(leg: Leg, arms_m: Array, spans: Array) -> str:
    """Group of one muscle by its arms (n) and the coordinates (n) that it spans; empty where they say nothing."""
    at_knee = leg.knee_sign * arms_m[leg.knee]
    if not np.isfinite(at_knee) or abs(at_knee) < _LEAST_M:
        return ""
    crosses_hip, crosses_ankle = spans[leg.hip_flexion], spans[list(leg.distal)].any()
    if at_knee < 0.0:
        return "hip_flexors" if crosses_hip and -at_knee < _HIP_M else "knee_extensors"
    if crosses_ankle or (crosses_hip and arms_m[leg.hip_flexion] > -_HIP_M):
        return "other_knee_flexors"
    return "hamstrings"
