"""The load shared otherwise: the same joint moments, with more or less of the fold made by the hamstrings.

Net moments leave the load sharing open, so varied inputs alone would leave bands around one answer out of many. Here
are the activations nearest to those that were found (least sum of squared differences) which make the same moments and
give the hamstrings another part. How far off their part may be was counted on simulated swings (`docs/validity.md`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from swinglever.arrays import Array, frozen
from swinglever.causes.bounds import Asked, ask, sharings_together
from swinglever.causes.effort import RESERVE_NM, Sharing
from swinglever.causes.limits import calibrated_limits
from swinglever.muscles.choice import STATIC_OPTIMIZATION, WITH_EMG
from swinglever.muscles.forces import LegForces, forces_of_activation
from swinglever.muscles.static_optimization import Wish, solve_activations
from swinglever.records.bounds import HAMSTRINGS, UNTIL_PEAK, SwingBounds
from swinglever.system.resources import model_table

_DOUBLINGS = 12
"""So often the multiplier is doubled; farther, the moments hardly let the part change."""


@dataclass(frozen=True, kw_only=True)
class SharingErrors:
    """Where the true part lay beside the one that was found, by quantile (q), until the peak, scope ``shank``.

    Attributes
    ----------
    quantile
        (q) from 0 to 1.
    position
        (q) without EMG of two hamstrings: 0 is what was found, -1 and 1 are the ends of what is plausible.
    share
        (q) with EMG of two hamstrings: of the flexion until the peak.
    """

    quantile: Array
    position: Array
    share: Array


@cache
def sharing_errors() -> SharingErrors:
    """Read the table of ``models/evidence.toml``."""
    table = model_table("evidence.toml")["sharing"]
    return SharingErrors(**{name: frozen(np.array(values)) for name, values in table.items()})


def share_otherwise(forces: LegForces, bounds: Sequence[SwingBounds], quantile: float, size: float = 1.0) -> LegForces:
    """Share the load as a runner might have, who is at some quantile of what is known of the hamstrings' part.

    Parameters
    ----------
    forces
        As they were found. Forces that static optimization did not find stay as they are.
    bounds
        What is plausible of each swing.
    quantile
        0 to 1, the same for all swings: how a runner shares the load is his habit.
    size
        1 for errors as large as they were in simulated swings, 0 for none.
    """
    (shared,) = share_all_otherwise([forces], [bounds], [quantile], size)
    return shared


def share_all_otherwise(
    analyses: Sequence[LegForces],
    bounds: Sequence[Sequence[SwingBounds]],
    quantiles: Sequence[float],
    size: float = 1.0,
) -> tuple[LegForces, ...]:
    """Do the same for several analyses at once, each with a quantile of its own."""
    moving = [k for k, forces in enumerate(analyses) if forces.solver in (STATIC_OPTIMIZATION, WITH_EMG)]
    asked = [_asked(analyses[k], bounds[k], quantiles[k]) for k in moving]
    shifted = shift_parts([analyses[k] for k in moving], [a for a, _ in asked], [size * by for _, by in asked])
    shared = dict(zip(moving, shifted, strict=True))
    return tuple(shared.get(k, forces) for k, forces in enumerate(analyses))


def _asked(forces: LegForces, bounds: Sequence[SwingBounds], quantile: float) -> tuple[Asked, Array]:
    """Whose part is to be another, and by how much (S), rad."""
    flexion = forces.legs.dynamics.knee_flexion_rad
    peak = flexion.argmax(axis=1)
    asked = ask(forces.legs, HAMSTRINGS, "shank", "peak", peak.tolist())
    errors = sharing_errors()
    if _hamstrings_told(forces) >= calibrated_limits().least_channels:
        by = np.interp(quantile, errors.quantile, errors.share) * (
            np.take_along_axis(flexion, peak[:, None], 1)[:, 0] - flexion[:, 0]
        )
    else:
        by = np.array([_towards(each, float(np.interp(quantile, errors.quantile, errors.position))) for each in bounds])
    return asked, np.asarray(by)


def _hamstrings_told(forces: LegForces) -> int:
    """How many channels of hamstrings informed the forces."""
    swings = forces.legs.dynamics.swings
    if forces.drive is None or swings.inputs.emg is None:
        return 0
    return len(swings.inputs.emg.telling_of(HAMSTRINGS, swings.side))


def _towards(bounds: SwingBounds, position: float) -> float:
    """How much larger, rad, a part is at a position in what is plausible."""
    found, level = bounds.names.index(UNTIL_PEAK), bounds.levels.index("plausible")
    end = (bounds.high_rad if position > 0.0 else bounds.low_rad)[found, level]
    return float(abs(position) * (end - bounds.high_rad[found, bounds.levels.index("least_effort")]))


def shift_part(forces: LegForces, asked: Asked, by_rad: Array) -> LegForces:
    """Find the nearest activations that make the same moments and give a group a part larger by so much (S).

    Notes
    -----
    They minimise sum (a - found)² - μ · part, which is static optimization with wanted activations. μ is doubled until
    the part is beyond the one asked for; between the last two, activations are interpolated, as any mean of two
    solutions makes the same moments too. Where the moments allow no such part, the farthest that was found stays.
    """
    (shifted,) = shift_parts([forces], [asked], [by_rad])
    return shifted


def shift_parts(
    analyses: Sequence[LegForces], asked: Sequence[Asked], by_rad: Sequence[Array]
) -> tuple[LegForces, ...]:
    """Do the same for several analyses at once."""
    sharings = sharings_together(analyses, asked)
    moving = [
        (n, k)
        for n, wanted in enumerate(by_rad)
        for k, by in enumerate(wanted)
        if by != 0.0 and _ease(sharings[n][k]) > 0.0
    ]
    activation = [forces.activation.copy() for forces in analyses]
    found = _shifted([sharings[n][k] for n, k in moving], np.array([by_rad[n][k] for n, k in moving]))
    for (n, k), mine in zip(moving, found, strict=True):
        activation[n][k, : len(mine)] = mine
    return tuple(
        forces_of_activation(f.legs, f.solver, a, passive=f.passive_included, drive=f.drive)
        for f, a in zip(analyses, activation, strict=True)
    )


def _ease(sharing: Sharing) -> float:
    """How much a part changes with the multiplier, where no activation is at its bounds, rad²."""
    gain, effect = sharing.gain_nm, sharing.effect_rad
    system = gain @ np.swapaxes(gain, 1, 2) + RESERVE_NM**2 * np.eye(gain.shape[1])
    held = np.linalg.solve(system, gain @ effect[..., None])
    return float(0.5 * (effect**2).sum() - 0.5 * (effect * (np.swapaxes(gain, 1, 2) @ held)[..., 0]).sum())


def _shifted(sharings: Sequence[Sharing], by_rad: Array) -> list[Array]:
    """Activations (K, m) of each sharing, its part larger by so much."""
    found = [s.activation.copy() for s in sharings]
    reached = np.zeros(len(sharings))
    multiplier = np.array([by / _ease(s) for by, s in zip(by_rad, sharings, strict=True)])
    open_ = list(range(len(sharings)))
    for _ in range(_DOUBLINGS):
        if not open_:
            break
        there = _nearest([sharings[k] for k in open_], multiplier[open_])
        still = []
        for k, activation in zip(open_, there, strict=True):
            part = float((sharings[k].effect_rad * (activation - sharings[k].activation)).sum())
            if abs(part) < abs(by_rad[k]):
                found[k], reached[k] = activation, part
                still.append(k)
                continue
            share = (by_rad[k] - reached[k]) / (part - reached[k])
            found[k] = found[k] + share * (activation - found[k])
        multiplier, open_ = 2.0 * multiplier, still
    return found


def _nearest(sharings: Sequence[Sharing], multiplier: Array) -> list[Array]:
    """Activations (K, m) of each sharing nearest to its own, at some multipliers."""
    gain = np.concatenate([s.gain_nm for s in sharings])
    moment = np.concatenate([s.moment_nm for s in sharings])
    wanted = [s.activation + 0.5 * mu * s.effect_rad for mu, s in zip(multiplier, sharings, strict=True)]
    solved = solve_activations(gain, moment, RESERVE_NM, wish=Wish(wanted=np.concatenate(wanted)))
    return np.split(solved.activation, np.cumsum([len(s.activation) for s in sharings])[:-1])
