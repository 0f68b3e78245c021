"""Why a simulated swing goes as it does: what is imposed on muscles while the knee folds, and how the hip drives."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from swinglever.arrays import Array
from swinglever.emg.activation import DEACTIVATION_S
from swinglever.errors import UnknownNameError, named
from swinglever.synthetic.tables import read_table


@dataclass(frozen=True, kw_only=True)
class Burst:
    """A smooth burst of some muscles (without side): each to its own activation, between two shares of the swing."""

    activation: Mapping[str, float]
    start: float
    end: float

    def height(self, share: Array) -> Array:
        """Height, 0 to 1, at shares (...) of the swing: a sine squared, zero outside."""
        inside = np.clip((share - self.start) / (self.end - self.start), 0.0, 1.0)
        return np.asarray(np.sin(np.pi * inside) ** 2)


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What is imposed while the knee folds; a muscle that crosses the knee and is not named is silent.

    Parameters
    ----------
    name
        For people.
    bursts
        They add up, to full activation at most.
    tail
        Activation that muscles (without side) bring along from stance, and that only decays: 40 ms, as fast as it can.
    hip_drive
        How much the hip's flexion is accelerated, in what the mean runner accelerates it.
    knee_speed_rad_s
        How much faster the knee flexes at toe-off than the mean runner's.
    """

    name: str
    bursts: tuple[Burst, ...] = ()
    tail: Mapping[str, float] = field(default_factory=dict)
    hip_drive: float = 1.0
    knee_speed_rad_s: float = 0.0

    @property
    def muscles(self) -> frozenset[str]:
        """Every muscle that is named."""
        return frozenset(self.tail).union(*(burst.activation for burst in self.bursts))

    def activation(self, muscle: str, since_s: Array, lasting_s: float) -> Array:
        """Activation (...) that is imposed on a muscle (without side) some time after toe-off, in so long a swing."""
        total = self.tail.get(muscle, 0.0) * np.exp(-since_s / DEACTIVATION_S)
        for burst in self.bursts:
            total = total + burst.activation.get(muscle, 0.0) * burst.height(since_s / lasting_s)
        return np.asarray(np.minimum(total, 1.0))


def read_cause(name: str) -> Cause:
    """Read one of the causes of ``runner_causes.toml``.

    Raises
    ------
    UnknownNameError
        Saying which causes there are.
    """
    table = read_table("runner_causes.toml")["cause"]
    if name not in table:
        raise UnknownNameError(f"there is no cause {name!r}; there are {named(table)}")
    entry = table[name]
    burst = Burst(activation=dict(entry["activation"]), start=float(entry["start"]), end=float(entry["end"]))
    return Cause(name=name, bursts=(burst,))
