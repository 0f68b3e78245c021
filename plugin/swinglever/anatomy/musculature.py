"""The muscles of a model: where they run, and how they pull."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from swinglever.anatomy.fibres.states import Muscles
from swinglever.anatomy.groups import group_of
from swinglever.anatomy.paths.records import PathSet
from swinglever.arrays import Ints
from swinglever.errors import ModelError


@dataclass(frozen=True, kw_only=True)
class Musculature:
    """Paths and fibres of the same muscles in the same order.

    Parameters
    ----------
    paths
        Where each muscle runs.
    muscles
        Constants and force curves of its fibres and tendon.
    known_groups
        Group of a muscle, by name, where something else than its name tells it.
    """

    paths: PathSet
    muscles: Muscles
    known_groups: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.paths.names != self.muscles.names:
            raise ModelError("expected paths and parameters of the same muscles in the same order")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the muscles (m)."""
        return self.muscles.names

    @property
    def groups(self) -> tuple[str, ...]:
        """Group of each muscle (m)."""
        return tuple(self.known_groups.get(name) or group_of(name) for name in self.names)

    def select(self, chosen: Ints) -> "Musculature":
        """Give some of the muscles, by index, in the order asked for."""
        rows = np.asarray(chosen)
        paths = self.paths.select([self.names[k] for k in rows])
        return replace(self, paths=paths, muscles=self.muscles.select(rows))

    def as_strong_as(self, other: "Musculature", chosen: Ints) -> "Musculature":
        """Give these muscles the strength and leverage of those chosen of another musculature, in their order."""
        leverage = None if other.paths.leverage is None else other.paths.leverage[chosen]
        strength = other.muscles.parameters.max_isometric_force_n[chosen]
        constants = replace(self.muscles.parameters, max_isometric_force_n=strength)
        return replace(
            self,
            paths=replace(self.paths, leverage=leverage),
            muscles=replace(self.muscles, parameters=constants),
        )
