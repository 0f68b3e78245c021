"""OpenSim's one-dimensional functions as piecewise polynomials, exact wherever OpenSim's are polynomials."""

from typing import Any

import numpy as np
import opensim

from swinglever.anatomy.multibody.joint_functions import straight_line
from swinglever.anatomy.piecewise import Polynomial, joined
from swinglever.arrays import Array
from swinglever.errors import ModelError

_FAR = 100.0
"""How far a straight extension reaches beyond the last knot; beyond any angle or length of a body."""


def to_polynomial(function: Any, low: float, high: float) -> Polynomial:
    """Convert a function of one argument; ``low`` to ``high`` is sampled where the class is not known.

    Raises
    ------
    ModelError
        When the function takes more than one argument.
    """
    kind = function.getConcreteClassName()
    if kind == "MultiplierFunction":
        scaled = opensim.MultiplierFunction.safeDownCast(function)
        inner = to_polynomial(scaled.getFunction(), low, high)
        return Polynomial(inner.c * scaled.getScale(), inner.x)
    if kind == "Constant":
        return straight_line(0.0, opensim.Constant.safeDownCast(function).getValue())
    if kind == "LinearFunction":
        line = opensim.LinearFunction.safeDownCast(function)
        if line.getCoefficients().size() != 2:
            raise ModelError("expected functions of one coordinate, got a LinearFunction of several")
        return straight_line(line.getSlope(), line.getIntercept())
    if kind == "PolynomialFunction":
        coefficients = opensim.PolynomialFunction.safeDownCast(function).getCoefficients().to_numpy()
        return Polynomial(coefficients[:, None], np.array([0.0, 1.0]))
    if kind == "SimmSpline":
        return _cubic(function, _knots(opensim.SimmSpline.safeDownCast(function)))
    if kind == "PiecewiseLinearFunction":
        return _broken_line(function, _knots(opensim.PiecewiseLinearFunction.safeDownCast(function)))
    if kind == "GCVSpline":
        return _quintic(function, _knots(opensim.GCVSpline.safeDownCast(function)))
    return _quintic(function, np.linspace(low, high, 401))


def _knots(function: Any) -> Array:
    return np.unique([function.getX(i) for i in range(function.getSize())])


def _sample(function: Any, x: Array, order: int) -> Array:
    # A plain list: opensim.StdVectorInt is not recognised any more once another SWIG package (ezc3d) has been imported.
    derivative = [0] * order
    argument = opensim.Vector(1, 0.0)
    values = np.empty(len(x))
    for i, at in enumerate(x):
        argument.set(0, float(at))
        values[i] = function.calcDerivative(derivative, argument) if order else function.calcValue(argument)
    return values


def _cubic(function: Any, knots: Array) -> Polynomial:
    """Exact for SIMM's natural cubic, whose slope is continuous and which goes on straight beyond its ends."""
    value, slope = _sample(function, knots, 0), _sample(function, knots, 1)
    inner = joined(knots, np.stack([value, slope], axis=1))
    before = [0.0, 0.0, slope[0], value[0] - _FAR * slope[0]]
    after = [0.0, 0.0, slope[-1], value[-1]]
    pieces = np.column_stack([before, inner.c, after])
    return Polynomial(pieces, np.concatenate([[knots[0] - _FAR], knots, [knots[-1] + _FAR]]))


def _quintic(function: Any, knots: Array) -> Polynomial:
    derivatives = np.stack([_sample(function, knots, order) for order in range(3)], axis=1)
    return joined(knots, derivatives)


def _broken_line(function: Any, knots: Array) -> Polynomial:
    values = _sample(function, knots, 0)
    return Polynomial(np.stack([np.diff(values) / np.diff(knots), values[:-1]]), knots)
