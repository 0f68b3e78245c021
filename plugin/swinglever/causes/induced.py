"""What each muscle would do alone: accelerations of the joints by one newton of every muscle, at any pose.

Scope ``body`` releases every free coordinate, scope ``leg`` one leg's, with the pelvis held; OpenSim calls the result
potentials (InducedAccelerations with ``compute_potentials_only``, without contact). No analysis uses it: it is what
`make bench` compares with OpenSim's tool, in time and to the last digits, and whoever asks for a muscle's potential.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.anatomy.multibody.equation import body_inertias, mass_matrix
from swinglever.anatomy.paths.geometry import evaluate_paths
from swinglever.anatomy.paths.records import PathSet
from swinglever.arrays import Array, check_shapes, freeze_fields


@dataclass(frozen=True, kw_only=True)
class InducedAccelerations:
    """Accelerations by unit force of each muscle.

    Attributes
    ----------
    muscles
        Muscles (m).
    coordinates
        Released coordinates (f).
    per_newton
        rad/s2 (m/s2 for sliding coordinates) a newton of tension, the model's own signs, shape (T, m, f).
    """

    muscles: tuple[str, ...]
    coordinates: tuple[str, ...]
    per_newton: Array

    def __post_init__(self) -> None:
        freeze_fields(self, "per_newton")
        check_shapes(self, per_newton=("T", len(self.muscles), len(self.coordinates)))


def induced_accelerations(model: Model, paths: PathSet, q: Array, released: Sequence[int]) -> InducedAccelerations:
    """Find the accelerations that one newton of each muscle gives the released coordinates.

    Parameters
    ----------
    model, paths
        The body and its muscles.
    q
        Free coordinates (T, n).
    released
        Coordinates that are free to accelerate, by index; the others stay as they move.

    Notes
    -----
    Constraints are reduced away before the mass matrix is inverted: a patella that follows the knee is carried along.
    """
    free = list(released)
    placed = model.place(q)
    matrix = mass_matrix(placed, body_inertias(placed, model.masses))[:, free][:, :, free]
    arms = evaluate_paths(paths, placed).moment_arm_m[:, :, free]
    per_newton = np.linalg.solve(matrix, np.swapaxes(arms, 1, 2))
    return InducedAccelerations(
        muscles=paths.names,
        coordinates=tuple(model.coordinate_names[k] for k in free),
        per_newton=np.swapaxes(per_newton, 1, 2),
    )
