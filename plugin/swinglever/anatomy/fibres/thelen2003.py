"""Thelen's muscle: closed formulas.

Notes
-----
Thelen 2003, *Adjustment of muscle mechanics model parameters to simulate dynamic contractions in older adults*,
J. Biomech. Eng. 125:70-77, equations 2 to 7, with OpenSim's additions: straight continuations of the force-velocity
curve, no force below the fastest shortening, and the exact toe of the tendon (the paper rounds 0.609).
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from swinglever.arrays import Array, Ints, freeze_fields

TOE_FORCE, TOE_SHAPE = 0.33, 3.0
"""Force at which the tendon's toe ends, and the toe's shape (Thelen 2003, below equation 5)."""


@dataclass(frozen=True, kw_only=True)
class Thelen2003:
    """Curves of Thelen muscles; every parameter is an array over the muscles (m).

    Parameters
    ----------
    tendon_strain, passive_strain
        Strain of tendon and of passive fibre at maximum isometric force.
    active_shape, passive_shape
        Width of the active force-length curve; steepness of the passive one.
    concentric_shape, eccentric_limit
        Curvature of the force-velocity curve (Af), and the force at fast lengthening (Flen).
    linear_from
        Share of that force from which the curve goes on straight.
    """

    tendon_strain: Array
    passive_strain: Array
    active_shape: Array
    passive_shape: Array
    concentric_shape: Array
    eccentric_limit: Array
    linear_from: Array

    def __post_init__(self) -> None:
        freeze_fields(self, *self.__dataclass_fields__)

    def part(self, indices: Ints) -> Self:
        """Give the curves of some of the muscles."""
        return replace(self, **{name: getattr(self, name)[indices] for name in self.__dataclass_fields__})

    def active_length(self, length: Array) -> Array:
        """Gaussian about the optimal length (equation 4)."""
        return np.asarray(np.exp(-((length - 1) ** 2) / self.active_shape))

    def passive_length(self, length: Array) -> Array:
        """Exponential above the optimal length (equation 3)."""
        stretched = self.passive_shape * np.maximum(length - 1, 0) / self.passive_strain
        return np.asarray(np.expm1(stretched) / np.expm1(self.passive_shape))

    def velocity(self, speed: Array) -> Array:
        """Force-velocity factor at full activation (equations 6 and 7 solved for the force)."""
        af, limit, share = self.concentric_shape, self.eccentric_limit, self.linear_from
        with np.errstate(divide="ignore", invalid="ignore"):  # the branches not taken may divide by zero
            shortening = np.maximum((1 + speed) / (1 - speed / af), 0.0)
            c = (2 + 2 / af) / (limit - 1)
            lengthening = (1 + speed * c * limit) / (1 + speed * c)
            left = c * limit * (1 - share)
            last_speed = (share * limit - 1) / left
            slope = 1 / left + (share * limit - 1) * c / left**2
            straight = share * limit + (speed - last_speed) / slope
        return np.select([speed <= -1, speed <= 0, speed < last_speed], [0.0, shortening, lengthening], straight)

    def passive_energy(self, length: Array) -> Array:
        """Integral of the passive force from the optimal length."""
        k, e0 = self.passive_shape, self.passive_strain
        stretch = np.maximum(length - 1, 0)
        return np.asarray((e0 / k * np.expm1(k * stretch / e0) - stretch) / np.expm1(k))

    def tendon_energy(self, force: Array) -> Array:
        """Integral of the tendon's force over its strain, up to the strain at this force (equation 5)."""
        # The toe and the straight part join smoothly and the strain at force one is tendon_strain.
        toe_strain = 99 * self.tendon_strain * np.exp(3) / (166 * np.exp(3) - 67)
        stiffness = 0.67 / (self.tendon_strain - toe_strain)
        in_toe = np.minimum(force, TOE_FORCE)
        scale = TOE_FORCE / np.expm1(TOE_SHAPE)
        strain = toe_strain / TOE_SHAPE * np.log1p(in_toe / scale)
        toe = scale * (toe_strain / TOE_SHAPE * np.expm1(TOE_SHAPE * strain / toe_strain) - strain)
        beyond = np.maximum(force - TOE_FORCE, 0)
        return np.asarray(toe + beyond * (TOE_FORCE + beyond / 2) / stiffness)
