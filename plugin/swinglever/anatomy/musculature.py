"""The muscles of a model: where they run, and how they pull."""

from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.fibres.states import Muscles
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
    """

    paths: PathSet
    muscles: Muscles

    def __post_init__(self) -> None:
        if self.paths.names != self.muscles.names:
            raise ModelError("expected paths and parameters of the same muscles in the same order")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the muscles (m)."""
        return self.muscles.names

    def select(self, chosen: Ints) -> "Musculature":
        """Give some of the muscles, by index, in the order asked for."""
        rows = np.asarray(chosen)
        return Musculature(paths=self.paths.select([self.names[k] for k in rows]), muscles=self.muscles.select(rows))
