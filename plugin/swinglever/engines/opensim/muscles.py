"""Reads the muscles of an OpenSim model: constants, and force curves by type."""

from collections.abc import Callable
from typing import Any

import numpy as np
import opensim

from swinglever.anatomy.fibres.de_groote_fregly2016 import SHORTEST, DeGrooteFregly2016
from swinglever.anatomy.fibres.sampled import SampledCurves, quintic
from swinglever.anatomy.fibres.states import ForceCurves, MuscleParameters, Muscles
from swinglever.anatomy.fibres.thelen2003 import Thelen2003
from swinglever.anatomy.piecewise import Polynomial
from swinglever.arrays import Array, Ints
from swinglever.errors import ModelError, named

N_SAMPLES = 400
"""Samples of each of Millard's curves; the error of the quintics between them is under 1e-7 (see `sampled`)."""


def read_muscles(native: Any) -> Muscles:
    """Read constants and curves of every muscle of an OpenSim model whose system is built.

    Raises
    ------
    ModelError
        When a muscle is of a type whose curves are not known.
    """
    muscles = [native.getMuscles().get(i) for i in range(native.getMuscles().getSize())]
    kinds = tuple(muscle.getConcreteClassName() for muscle in muscles)
    unknown = sorted({f"{k} {m.getName()!r}" for k, m in zip(kinds, muscles, strict=True) if k not in _READERS})
    if unknown:
        raise ModelError(f"expected muscles of the types {named(sorted(_READERS))}, got {', '.join(unknown)}")
    curves: list[tuple[Ints, ForceCurves]] = []
    for kind, read in _READERS.items():
        indices = np.array([i for i, k in enumerate(kinds) if k == kind], dtype=np.int64)
        if len(indices):
            curves += read(indices, [muscles[i] for i in indices])
    return Muscles(parameters=_parameters(muscles), kinds=kinds, curves=tuple(curves))


def _parameters(muscles: list[Any]) -> MuscleParameters:
    return MuscleParameters(
        names=tuple(m.getName() for m in muscles),
        max_isometric_force_n=np.array([m.get_max_isometric_force() for m in muscles]),
        optimal_fibre_length_m=np.array([m.get_optimal_fiber_length() for m in muscles]),
        tendon_slack_length_m=np.array([m.get_tendon_slack_length() for m in muscles]),
        pennation_rad=np.array([m.get_pennation_angle_at_optimal() for m in muscles]),
        max_speed_per_s=np.array([m.get_max_contraction_velocity() for m in muscles]),
        min_fibre_length_m=np.array([_shortest(m) for m in muscles]),
    )


def _shortest(muscle: Any) -> float:
    for kind in (opensim.Millard2012EquilibriumMuscle, opensim.Thelen2003Muscle):
        concrete = kind.safeDownCast(muscle)
        if concrete is not None:
            return float(concrete.getMinimumFiberLength())
    return float(SHORTEST * muscle.get_optimal_fiber_length())


def _cast(kind: Any, muscles: list[Any]) -> list[Any]:
    return [kind.safeDownCast(muscle) for muscle in muscles]


def _thelen(indices: Ints, muscles: list[Any]) -> list[tuple[Ints, ForceCurves]]:
    native = _cast(opensim.Thelen2003Muscle, muscles)
    return [
        (
            indices,
            Thelen2003(
                tendon_strain=np.array([m.get_FmaxTendonStrain() for m in native]),
                passive_strain=np.array([m.get_FmaxMuscleStrain() for m in native]),
                active_shape=np.array([m.get_KshapeActive() for m in native]),
                passive_shape=np.array([m.get_KshapePassive() for m in native]),
                concentric_shape=np.array([m.get_Af() for m in native]),
                eccentric_limit=np.array([m.get_Flen() for m in native]),
                linear_from=np.array([m.get_fv_linear_extrap_threshold() for m in native]),
            ),
        )
    ]


def _de_groote(indices: Ints, muscles: list[Any]) -> list[tuple[Ints, ForceCurves]]:
    native = _cast(opensim.DeGrooteFregly2016Muscle, muscles)
    return [
        (
            indices,
            DeGrooteFregly2016(
                tendon_strain=np.array([m.get_tendon_strain_at_one_norm_force() for m in native]),
                passive_strain=np.array([m.get_passive_fiber_strain_at_one_norm_force() for m in native]),
                active_width=np.array([m.get_active_force_width_scale() for m in native]),
                passive=np.array([0.0 if m.get_ignore_passive_fiber_force() else 1.0 for m in native]),
            ),
        )
    ]


def _millard(indices: Ints, muscles: list[Any]) -> list[tuple[Ints, ForceCurves]]:
    """Sample each distinct curve once."""
    known: dict[tuple[str, ...], Polynomial] = {}
    found = [
        [_sampled(curve, known) for curve in _native_curves(muscle)]
        for muscle in _cast(opensim.Millard2012EquilibriumMuscle, muscles)
    ]
    active, passive, speed, tendon = zip(*found, strict=True)
    return [(indices, SampledCurves(active=active, passive=passive, speed=speed, tendon=tendon))]


def _native_curves(muscle: Any) -> tuple[Any, Any, Any, Any]:
    return (
        muscle.get_ActiveForceLengthCurve(),
        muscle.get_FiberForceLengthCurve(),
        muscle.get_ForceVelocityCurve(),
        muscle.get_TendonForceLengthCurve(),
    )


def _key(curve: Any) -> tuple[str, ...]:
    """Everything that shapes a curve, to full precision."""
    numbers = [curve.getPropertyByIndex(i) for i in range(curve.getNumProperties())]
    return (curve.getConcreteClassName(), *(p.toString() for p in numbers), repr(curve.calcValue(1.1)))


def _sampled(curve: Any, known: dict[tuple[str, ...], Polynomial]) -> Polynomial:
    key = _key(curve)
    if key not in known:
        domain = curve.getCurveDomain()
        known[key] = quintic(*_samples(curve, domain.get(0), domain.get(1)))
    return known[key]


def _samples(curve: Any, low: float, high: float) -> tuple[Array, Array]:
    x = np.linspace(low, high, N_SAMPLES * (2 if curve.getConcreteClassName() == "ForceVelocityCurve" else 1))
    values = [
        (curve.calcValue(float(at)), curve.calcDerivative(float(at), 1), curve.calcDerivative(float(at), 2)) for at in x
    ]
    return x, np.array(values)


_READERS: dict[str, Callable[[Ints, list[Any]], list[tuple[Ints, ForceCurves]]]] = {
    "Thelen2003Muscle": _thelen,
    "Millard2012EquilibriumMuscle": _millard,
    "DeGrooteFregly2016Muscle": _de_groote,
}
