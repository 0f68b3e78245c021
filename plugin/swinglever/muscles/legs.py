"""The muscles of one leg along its swings: lengths, moment arms and fibre states, before any force is known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from swinglever.anatomy.fibres.states import FibreStates, fibre_states
from swinglever.anatomy.groups import members, muscle_table, regrouped
from swinglever.anatomy.limb import Limb
from swinglever.anatomy.model import Model
from swinglever.anatomy.musculature import Musculature
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.anatomy.paths.records import PathSet
from swinglever.arrays import Array, Bools
from swinglever.dynamics.limb import Dynamics
from swinglever.motion.leg_swings import LegSwings, join_swings
from swinglever.muscles.passive_knee import extensors_share, published_extension_nm

_SWINGS_AT_ONCE = 16
"""Swings of several analyses whose paths are followed together: many, so that numpy's overhead is spread; few, so that
moment arms about all coordinates, more than a megabyte a swing, do not fill the memory."""


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


def leg_musculature(model: Model, limb: Limb) -> Musculature:
    """Give the muscles that can have a moment arm about a free coordinate of a leg.

    Raises
    ------
    ModelError
        When the model has no muscles that can be used, saying why.
    """
    musculature = model.require_muscles()
    spans = spanned_coordinates(model, musculature.paths)
    return musculature.select(np.flatnonzero(spans[:, limb.released_in_whole].any(axis=1)))


@dataclass(frozen=True, kw_only=True)
class PassiveKnee:
    """What muscles at rest do at one posture, with the foot at right angles, which hardly matters at a bent knee.

    Attributes
    ----------
    knee_deg, hip_deg
        Flexion of both.
    by_muscle_nm
        What each muscle (m) extends the knee by.
    published_nm
        What all tissues of people extend it by.
    """

    knee_deg: float
    hip_deg: float
    by_muscle_nm: Array
    published_nm: float


@dataclass(frozen=True, kw_only=True)
class LegMuscles:
    """The muscles (m) of one leg along its swings (S,K), before any force is known.

    Lengths, moment arms and fibre states are computed when they are first asked for.

    Parameters
    ----------
    dynamics
        How the leg moved, and what its joints delivered.
    musculature
        The muscles that can pull at it.
    paths
        Lengths (S,K,m), moment arms about the leg's free coordinates (S,K,m,c) and lengthening speeds (S,K,m), where
        they are known already.
    """

    dynamics: Dynamics
    musculature: Musculature
    paths: tuple[Array, Array, Array] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the muscles (m)."""
        return self.musculature.names

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Group of each muscle (m)."""
        return regrouped(self.names, self.musculature.groups, self.dynamics.swings.inputs.muscle_groups)

    def in_group(self, group: str) -> tuple[int, ...]:
        """Columns of the muscles of a group, or of a set of the table: sets go by names, groups by what muscles do."""
        if group in muscle_table()["muscle_sets"]:
            chosen = members(group, self.names)
            return tuple(k for k, name in enumerate(self.names) if name in chosen)
        return tuple(k for k, own in enumerate(self.groups) if own == group)

    @cached_property
    def _paths(self) -> tuple[Array, Array, Array]:
        return follow_paths(self.musculature.paths, self.dynamics.swings) if self.paths is None else self.paths

    @property
    def length_m(self) -> Array:
        """(S,K,m) length of each path from origin to insertion."""
        return self._paths[0]

    @property
    def moment_arm_m(self) -> Array:
        """(S,K,m,c) -dL/dq about the leg's free coordinates (c), the model's signs."""
        return self._paths[1]

    @property
    def speed_m_s(self) -> Array:
        """(S,K,m) lengthening speed of each path."""
        return self._paths[2]

    @cached_property
    def fibres(self) -> FibreStates:
        """Fibre states (S,K,m) with rigid tendons."""
        return fibre_states(self.musculature.muscles, self.length_m, self.speed_m_s)

    @cached_property
    def overstretched(self) -> dict[str, float]:
        """Muscles whose passive force would exceed their maximum isometric force, and by how many times.

        Such a fibre is stretched beyond what it survives: the model's tendon slack length does not fit its bones, as
        after scaling the bones alone. Its passive force, which grows exponentially with the misfit, would swamp every
        other. It is left out; the muscle's active force stays.
        """
        return {name: float(times) for name, times in zip(self.names, self._stretch, strict=True) if times > 1}

    @property
    def _stretch(self) -> Array:
        """(m) largest passive force over the maximum isometric force."""
        return np.asarray(self.fibres.passive_multiplier.max(axis=(0, 1)))

    @cached_property
    def passive_force_n(self) -> Array:
        """(S,K,m) passive fibre force along the tendon, as far as the muscle bears it."""
        return np.asarray(self.fibres.passive_force_n * self.passive_share)

    @cached_property
    def passive_share(self) -> Array:
        """(m) share of its fibres' passive force that a muscle bears; with ``soft_quadriceps``, less of the extensors.

        One number for all of them, so that at the most bent knee of the swings they extend it as people's do.
        """
        borne = (self._stretch <= 1).astype(float)
        if not self.dynamics.swings.inputs.parameters.soft_quadriceps:
            return borne
        knee = self.passive_knee
        return np.where(knee.by_muscle_nm > 0.0, borne * extensors_share(knee.by_muscle_nm, knee.published_nm), borne)

    @cached_property
    def passive_knee(self) -> "PassiveKnee":
        """How hard the muscles at rest extend the knee where it is bent most, as the model has it and as published."""
        dynamics, leg = self.dynamics, self.dynamics.limb.leg
        at = np.unravel_index(int(dynamics.knee_flexion_rad.argmax()), dynamics.knee_flexion_rad.shape)
        force = (self.fibres.passive_force_n * (self._stretch <= 1))[at]
        arm = self.moment_arm_m[at][:, dynamics.limb.released.index(leg.knee)]
        knee, hip = np.degrees([dynamics.knee_flexion_rad[at], dynamics.q[at][leg.hip_flexion]])
        return PassiveKnee(
            knee_deg=float(knee),
            hip_deg=float(hip),
            by_muscle_nm=-leg.knee_sign * force * arm,
            published_nm=float(published_extension_nm(knee, hip, 0.0)),
        )

    @property
    def net_moment_nm(self) -> Array:
        """(S,K,c) what the joints deliver at the leg's free coordinates."""
        return self.dynamics.released_moment

    def moments(self, force_n: Array) -> Array:
        """Moments (S,K,c) of forces (S,K,m) along the tendons, all muscles together."""
        return np.asarray((force_n[..., None, :] @ self.moment_arm_m)[..., 0, :])

    def demand(self, passive: bool) -> tuple[Array, Array]:
        """Moments of each muscle at full activation (S,K,c,m), and those that activation has to make (S,K,c).

        Parameters
        ----------
        passive
            Whether passive fibre forces make part of the moments; OpenSim's own StaticOptimization leaves them out.
        """
        target = self.net_moment_nm - (self.moments(self.passive_force_n) if passive else 0.0)
        return np.swapaxes(self.moment_arm_m * self.fibres.active_force_n[..., None], -1, -2), target


def prepare_muscles(dynamics: Dynamics) -> LegMuscles:
    """Take the muscles of the swing leg.

    Raises
    ------
    ModelError
        When the model has no muscles that can be used, saying why.
    """
    return LegMuscles(dynamics=dynamics, musculature=leg_musculature(dynamics.swings.inputs.model, dynamics.limb))


def follow_paths(paths: PathSet, swings: LegSwings, leverage: Array | None = None) -> tuple[Array, Array, Array]:
    """Lengths (S,K,m), moment arms about the leg's free coordinates (S,K,m,c) and lengthening speeds (S,K,m) of paths.

    ``leverage`` (S,m,N) are factors of the moment arms that each swing has of its own.
    """
    n_coordinates = swings.q.shape[-1]
    states = evaluate_paths_at(paths, swings.inputs.model.tree, swings.q.reshape(-1, n_coordinates))
    frames = (*swings.time_s.shape, len(paths.names))
    arms = states.moment_arm_m.reshape(*frames, n_coordinates)
    arms = arms if leverage is None else arms * leverage[:, None]
    speed = -(arms @ swings.u[..., None])[..., 0]
    return states.length_m.reshape(frames), arms[..., swings.limb.released_in_whole], speed


def prepare_muscles_together(dynamics: Sequence[Dynamics]) -> tuple[LegMuscles, ...]:
    """Take the muscles of one leg in several analyses of a runner, whose paths are the same but for leverage, at once.

    Raises
    ------
    ModelError
        When the model has no muscles that can be used, saying why.
    """
    size = max(1, _SWINGS_AT_ONCE // max(len(each.time_s) for each in dynamics))
    blocks = [dynamics[k : k + size] for k in range(0, len(dynamics), size)]
    return tuple(legs for block in blocks for legs in _prepare_block(block))


def _prepare_block(dynamics: Sequence[Dynamics]) -> tuple[LegMuscles, ...]:
    alone = prepare_muscles(dynamics[0])
    if len(dynamics) == 1:
        return (alone,)
    chosen = [alone.dynamics.swings.inputs.model.require_muscles().names.index(name) for name in alone.names]
    own = [d.swings.inputs.model.require_muscles() for d in dynamics]
    counts = [len(d.time_s) for d in dynamics]
    leverage = None
    if own[0].paths.leverage is not None:
        leverage = np.repeat([m.paths.leverage[chosen] for m in own if m.paths.leverage is not None], counts, axis=0)
    bare = replace(alone.musculature.paths, leverage=None)
    known = follow_paths(bare, join_swings([d.swings for d in dynamics]), leverage)
    spans = pairwise(np.cumsum([0, *counts]))
    return tuple(
        LegMuscles(
            dynamics=each,
            musculature=alone.musculature.as_strong_as(muscles, np.asarray(chosen)),
            paths=(known[0][a:b], known[1][a:b], known[2][a:b]),
        )
        for each, muscles, (a, b) in zip(dynamics, own, spans, strict=True)
    )
