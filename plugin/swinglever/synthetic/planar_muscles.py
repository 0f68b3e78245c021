"""Muscles of the planar runner, few and plain: what moves hip, knee and ankle one way and the other.

They let everything that needs muscles be tried in a second, without OpenSim. Places are round figures in the frames of
the bones, strengths those of whole groups; nothing is concluded about people from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from swinglever.anatomy.fibres.states import MuscleParameters, Muscles
from swinglever.anatomy.fibres.thelen2003 import Thelen2003
from swinglever.anatomy.model import Model
from swinglever.anatomy.musculature import Musculature
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.anatomy.paths.points import MusclePath, PathPoint
from swinglever.anatomy.paths.records import PathSet
from swinglever.arrays import Array

_LONGEST = 1.2
"""Fibre length, in optimal lengths, at a muscle's longest in the motion that it is fitted to: little passive force."""
_EXCURSION = 0.6
"""How much of its optimal length a fibre goes through in that motion, at most: all of it near the curve's top."""
_HIP_WIDTH_M = 0.08


@dataclass(frozen=True, kw_only=True)
class _Muscle:
    """Greatest force, least optimal fibre length, and points: bone without side, x forward and y up in its frame."""

    force_n: float
    fibre_m: float
    points: tuple[tuple[str, float, float], ...]


_MUSCLES = {
    "semimem": _Muscle(force_n=3000.0, fibre_m=0.10, points=(("pelvis", -0.06, -0.05), ("tibia", -0.035, -0.05))),
    "bfsh": _Muscle(force_n=800.0, fibre_m=0.12, points=(("femur", -0.01, -0.22), ("tibia", -0.035, -0.05))),
    "vasint": _Muscle(
        force_n=6000.0, fibre_m=0.10, points=(("femur", 0.03, -0.15), ("femur", 0.05, -0.43), ("tibia", 0.05, -0.03))
    ),
    "psoas": _Muscle(
        force_n=3000.0, fibre_m=0.11, points=(("pelvis", 0.0, 0.12), ("pelvis", 0.05, 0.01), ("femur", 0.01, -0.08))
    ),
    "glmax1": _Muscle(force_n=3000.0, fibre_m=0.15, points=(("pelvis", -0.10, 0.04), ("femur", -0.03, -0.12))),
    "soleus": _Muscle(force_n=5000.0, fibre_m=0.05, points=(("tibia", -0.02, -0.15), ("calcn", 0.0, 0.02))),
    "tibant": _Muscle(
        force_n=1500.0, fibre_m=0.08, points=(("tibia", 0.02, -0.15), ("tibia", 0.04, -0.38), ("calcn", 0.12, 0.03))
    ),
}


def with_muscles(model: Model, q: Array, names: Sequence[str] = tuple(_MUSCLES)) -> Model:
    """Give a planar runner muscles.

    Parameters
    ----------
    model
        The runner.
    q
        (T,n) a motion that the fibres are made long enough for.
    names
        Which muscles, without the side.
    """
    chosen = {f"{name}_{side}": _MUSCLES[name] for side in model.legs for name in names}
    paths = PathSet(paths=tuple(_path(model, name, muscle) for name, muscle in chosen.items()))
    length = evaluate_paths_at(paths, model.tree, q).length_m
    longest, excursion = length.max(axis=0), np.ptp(length, axis=0)
    fibre = np.maximum([m.fibre_m for m in chosen.values()], excursion / _EXCURSION)
    fibre = np.minimum(fibre, longest / (_LONGEST + 0.05))  # some tendon is left
    parameters = MuscleParameters(
        names=tuple(chosen),
        max_isometric_force_n=np.array([m.force_n for m in chosen.values()]),
        optimal_fibre_length_m=fibre,
        tendon_slack_length_m=longest - _LONGEST * fibre,
        pennation_rad=np.zeros(len(chosen)),
        max_speed_per_s=np.full(len(chosen), 10.0),
        min_fibre_length_m=0.01 * fibre,
    )
    muscles = Muscles(
        parameters=parameters,
        kinds=("Thelen2003Muscle",) * len(chosen),
        curves=((np.arange(len(chosen)), _thelen(len(chosen))),),
    )
    return replace(model, musculature=Musculature(paths=paths, muscles=muscles), no_muscles="")


def _path(model: Model, name: str, muscle: _Muscle) -> MusclePath:
    side = name[-1]
    width = _HIP_WIDTH_M if side == "r" else -_HIP_WIDTH_M
    points = []
    for bone, x, y in muscle.points:
        body = bone if bone == "pelvis" else f"{bone}_{side}"
        z = width if bone == "pelvis" else 0.0
        points.append(PathPoint(body=model.body_names.index(body), location_m=np.array([x, y, z])))
    return MusclePath(name=name, points=tuple(points))


def _thelen(count: int) -> Thelen2003:
    """Curves with OpenSim's default shapes."""
    shapes = {
        "tendon_strain": 0.049,
        "passive_strain": 0.7,
        "active_shape": 0.5,
        "passive_shape": 4.0,
        "concentric_shape": 0.3,
        "eccentric_limit": 1.8,
        "linear_from": 0.95,
    }
    return Thelen2003(**{name: np.full(count, value) for name, value in shapes.items()})
