"""The muscles of one leg along its swings: lengths, moment arms and fibre states, before any force is known."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from swinglever.anatomy.fibres.states import FibreStates, Muscles, fibre_states
from swinglever.anatomy.model import Model
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.anatomy.paths.records import PathSet, PathStates
from swinglever.arrays import Array, Bools, Ints
from swinglever.dynamics.limb import Dynamics
from swinglever.records.results import Kinematics


def spanned_coordinates(model: Model, paths: PathSet) -> Bools:
    """Tell which free coordinates each muscle can have a moment arm about, shape (m, n).

    A coordinate counts when it moves some of the bodies that the path touches and not others.
    """
    moves = (model.tree.body_ancestors @ model.tree.drives) > 0
    moves = np.concatenate([moves, np.zeros((1, moves.shape[1]), dtype=bool)])  # ground, index -1
    spans = np.zeros((len(paths.names), moves.shape[1]), dtype=bool)
    for m, path in enumerate(paths.paths):
        touched = moves[[p.body for p in path.points] + [w.cylinder.body for w in path.wraps]]
        spans[m] = touched.any(axis=0) & ~touched.all(axis=0)
        for point in path.points:
            if point.moves is not None:
                spans[m, model.tree.couplers.source[point.moves.source]] = True
    return spans


@dataclass(frozen=True, kw_only=True)
class LegMuscles:
    """The muscles of one leg along one swing, before any force is known."""

    dynamics: Dynamics
    muscles: Muscles
    paths: PathStates
    speed_m_s: Array
    fibres: FibreStates

    @property
    def released(self) -> list[int]:
        """The leg's free coordinates, by index into the limb's model."""
        return list(self.dynamics.limb.leg.released)

    @property
    def net_moment_nm(self) -> Array:
        """(K,c) what the joints deliver."""
        return self.dynamics.net_moment[:, self.released]


def prepare_muscles(model: Model, kinematics: Kinematics, swings: Sequence[Dynamics]) -> tuple[LegMuscles, ...]:
    """Find lengths, moment arms and fibre states of the swing leg's muscles, all swings of a side at once."""
    spans = spanned_coordinates(model, model.require_muscles().paths)
    found: dict[str, LegMuscles] = {}
    for side in {d.events.side for d in swings}:
        mine = [d for d in swings if d.events.side == side]
        columns = mine[0].limb.coordinates[list(mine[0].limb.leg.released)]
        chosen = np.flatnonzero(spans[:, columns].any(axis=1))
        for d, leg in zip(mine, _prepare_side(model, kinematics, mine, columns, chosen), strict=True):
            found[d.events.id] = leg
    return tuple(found[d.events.id] for d in swings)


def _prepare_side(
    model: Model,
    kinematics: Kinematics,
    swings: Sequence[Dynamics],
    columns: Ints,
    chosen: Ints,
) -> list[LegMuscles]:
    musculature = model.require_muscles().select(chosen)
    q, u, _ = kinematics.at(np.concatenate([d.time_s for d in swings]))
    states = evaluate_paths_at(musculature.paths, model.tree, q)
    speed = states.lengthening_speed(u)
    cuts = np.cumsum([0, *(len(d.time_s) for d in swings)])
    legs = []
    for d, start, stop in zip(swings, cuts[:-1], cuts[1:], strict=True):
        part = slice(start, stop)
        paths = PathStates(
            names=states.names, length_m=states.length_m[part], moment_arm_m=states.moment_arm_m[part][:, :, columns]
        )
        fibres = fibre_states(musculature.muscles, paths.length_m, speed[part])
        legs.append(
            LegMuscles(dynamics=d, muscles=musculature.muscles, paths=paths, speed_m_s=speed[part], fibres=fibres)
        )
    return legs


def leave_out_overstretched(legs: Sequence[LegMuscles]) -> tuple[tuple[LegMuscles, ...], list[str]]:
    """Leave out passive forces that no muscle could bear, and tell.

    A fibre whose passive force exceeds its maximum isometric force is stretched beyond what it survives: the model's
    tendon slack length does not fit its bones, as after scaling the bones alone. Its passive force, which grows
    exponentially with the misfit, would swamp every other; the muscle's active force stays.

    Returns
    -------
    legs, warnings
        The same swings without these passive forces, and one line that names the muscles.
    """
    worst: dict[str, float] = {}
    for leg in legs:
        peak = leg.fibres.passive_multiplier.max(axis=0)
        worst |= {n: max(p, worst.get(n, 0.0)) for n, p in zip(leg.paths.names, peak, strict=True) if p > 1}
    if not worst:
        return tuple(legs), []
    told = ", ".join(f"{name} ({times:.1f} times)" for name, times in sorted(worst.items(), key=lambda i: -i[1]))
    warning = (
        f"passive force left out of muscles where it would exceed the maximum isometric force: {told}; "
        "the model's tendon slack lengths do not fit its bones"
    )
    return tuple(_without_passive(leg, worst.keys()) for leg in legs), [warning]


def _without_passive(leg: LegMuscles, names: Collection[str]) -> LegMuscles:
    kept = np.array([name not in names for name in leg.paths.names])
    return replace(leg, fibres=replace(leg.fibres, passive_force_n=leg.fibres.passive_force_n * kept))
