"""De Groote and Fregly's muscle: closed formulas.

Notes
-----
De Groote et al. 2016, *Evaluation of direct collocation optimal control problem formulations for solving the muscle
redundancy problem*, Ann. Biomed. Eng. 44:2922-2936, with the coefficients and the changes of OpenSim's
DeGrooteFregly2016Muscle: the passive curve passes through zero at its shortest length, and the active curve may be
widened.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from swinglever.arrays import Array, Ints, freeze_fields

GAUSSIANS = (
    (0.8150671134243542, 1.055033428970575, 0.162384573599574, 0.063303448465465),
    (0.433004984392647, 0.716775413397760, -0.029947116970696, 0.200356847296188),
    (0.1, 1.0, 0.353553390593274, 0.0),
)
"""Height, centre, width at length zero and its growth with length, of the three Gaussians of the active curve."""
SPEED = (-0.3211346127989808, -8.149, -0.374, 0.8825327733249912)
"""Coefficients d1 to d4 of the force-velocity curve."""
PASSIVE_SHAPE, SHORTEST = 4.0, 0.2
"""Steepness of the passive curve, and the length at which it is zero."""
TENDON = (0.200, 1.0, 0.200)
"""Coefficients c1 to c3 of the tendon's curve."""


@dataclass(frozen=True, kw_only=True)
class DeGrooteFregly2016:
    """Curves of these muscles; every parameter is an array over the muscles (m).

    Parameters
    ----------
    tendon_strain, passive_strain
        Strain of tendon and of passive fibre at maximum isometric force.
    active_width
        Factor by which the active force-length curve is widened.
    passive
        1 where there is passive force, 0 where the model ignores it.
    """

    tendon_strain: Array
    passive_strain: Array
    active_width: Array
    passive: Array

    def __post_init__(self) -> None:
        freeze_fields(self, *self.__dataclass_fields__)

    def part(self, indices: Ints) -> Self:
        """Give the curves of some of the muscles."""
        return replace(self, **{name: getattr(self, name)[indices] for name in self.__dataclass_fields__})

    def active_length(self, length: Array) -> Array:
        """Sum of three Gaussians whose widths grow with length."""
        x = (length - 1) / self.active_width + 1
        terms = [b1 * np.exp(-0.5 * ((x - b2) / (b3 + b4 * x)) ** 2) for b1, b2, b3, b4 in GAUSSIANS]
        return np.asarray(sum(terms))

    def passive_length(self, length: Array) -> Array:
        """Exponential through zero at the shortest length."""
        offset, scale = self._passive_constants()
        return np.asarray(self.passive * (np.exp(self._steep() * (length - 1)) - offset) / scale)

    def velocity(self, speed: Array) -> Array:
        """Logarithmic force-velocity curve."""
        d1, d2, d3, d4 = SPEED
        inner = d2 * speed + d3
        return np.asarray(d1 * np.log(inner + np.sqrt(inner**2 + 1)) + d4)

    def passive_energy(self, length: Array) -> Array:
        """Integral of the passive force from the shortest length."""
        offset, scale = self._passive_constants()
        steep = self._steep()
        grown = (np.exp(steep * (length - 1)) - np.exp(steep * (SHORTEST - 1))) / steep
        return np.asarray(self.passive * (grown - offset * (length - SHORTEST)) / scale)

    def tendon_energy(self, force: Array) -> Array:
        """Integral of the tendon's force over its strain, up to the strain at this force."""
        c1, c2, c3 = TENDON
        steep = np.log((1 + c3) / c1) / (1 + self.tendon_strain - c2)
        length = np.log((force + c3) / c1) / steep + c2
        integral = [c1 / steep * np.exp(steep * (x - c2)) - c3 * x for x in (length, 1.0)]
        return np.asarray(integral[0] - integral[1])

    def _steep(self) -> Array:
        return np.asarray(PASSIVE_SHAPE / self.passive_strain)

    def _passive_constants(self) -> tuple[Array, Array]:
        offset = np.exp(self._steep() * (SHORTEST - 1))
        return offset, np.exp(PASSIVE_SHAPE) - offset
