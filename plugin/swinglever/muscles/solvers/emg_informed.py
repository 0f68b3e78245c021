"""Muscle forces informed by EMG: static optimization that stays near the activations that EMG asks for.

After EMG-driven and EMG-assisted modelling (Lloyd & Besier 2003, *J. Biomech.* 36:765; Sartori et al. 2014,
*J. Biomech.* 47:3613; CEINMS, Pizzolato et al. 2015, *J. Biomech.* 48:3929): measured muscles follow their EMG as far
as the joint moments let them, the others do what least effort gives them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from swinglever.arrays import Array
from swinglever.emg.envelopes import EmgSignals
from swinglever.muscles.choice import WITH_EMG
from swinglever.muscles.drive import EmgDrive, shares_of
from swinglever.muscles.emg_gain import Demand, fit_gains
from swinglever.muscles.forces import LegForces, forces_of_activation
from swinglever.muscles.frames import LegFrames, join_frames, pick_frames
from swinglever.muscles.legs import LegMuscles
from swinglever.muscles.solvers.least_effort import least_activation, solve_least_effort
from swinglever.records.parameters import Parameters
from swinglever.signals import interpolate

FITTED_FRAMES = 4
"""Gains are fitted to every so manieth frame: neighbours tell the same, as no signal in them is faster than 12 Hz."""


def solve_with_emg(legs: LegMuscles) -> LegForces:
    """Find muscle forces with the help of EMG; a leg without channels is solved without."""
    return solve_as_driven(legs, find_drive([legs]))


def solve_as_driven(legs: LegMuscles, drive: EmgDrive | None) -> LegForces:
    """Find muscle forces that stay near what EMG asks for; without its help where it asks for nothing."""
    swings = legs.dynamics.swings
    signals, parameters = swings.inputs.emg, swings.inputs.parameters
    if signals is None or drive is None:
        return solve_least_effort(legs)
    shares = shares_of(signals, legs.names, swings.side)
    wanted = interpolate(swings.time_s, signals.time_s, drive.activation @ shares.T)
    weight = _weights(shares, parameters)
    activation = least_activation(legs, parameters.passive_force, wanted=wanted, weight=weight)
    return forces_of_activation(legs, WITH_EMG, activation, passive=parameters.passive_force, drive=drive)


@dataclass(frozen=True, kw_only=True)
class Driven:
    """Finds the muscle forces of some swings of a leg that stay near what EMG asks for in all of them.

    Attributes
    ----------
    drives
        What EMG asks of each leg, by its side.
    """

    drives: Mapping[str, EmgDrive | None]

    def __call__(self, legs: LegMuscles) -> LegForces:
        """Find them."""
        return solve_as_driven(legs, self.drives[legs.dynamics.swings.side])


def find_drive(lots: Iterable[LegMuscles]) -> EmgDrive | None:
    """Find what EMG asks of a leg's muscles; None of a leg without channels.

    Parameters
    ----------
    lots
        The muscles along all swings of the leg, at once or lot by lot; of a lot, the frames that gains are fitted to
        are kept.
    """
    rest = iter(lots)
    first = next(rest)
    swings = first.dynamics.swings
    signals, time_s = swings.inputs.emg, swings.time_of_all_s
    shares = None if signals is None else shares_of(signals, first.names, swings.side)
    if signals is None or shares is None or not shares.any():
        return None
    most = _largest_gains(signals, time_s)
    if swings.inputs.parameters.emg_gain == "given":
        gain = np.where(shares.any(axis=0), signals.peak, np.nan)
    else:
        (frames,) = join_frames([*_fitted(first, rest)])
        gain = _gains(frames, signals, shares, most, swings.inputs.parameters)
    return EmgDrive(gain=gain, most=most, activation=signals.activation(np.nan_to_num(gain)))


def _fitted(first: LegMuscles, rest: Iterator[LegMuscles]) -> Iterator[LegFrames]:
    """Give the frames of each lot that gains are fitted to."""
    wanted = np.arange(0, first.dynamics.swings.time_of_all_s.size, FITTED_FRAMES)
    yield pick_frames(first, wanted)
    for legs in rest:
        yield pick_frames(legs, wanted)


def _weights(shares: Array, parameters: Parameters) -> Array:
    """What a squared distance from what EMG asks for costs, (m)."""
    return np.where(shares.any(axis=1), parameters.emg_weight, 1.0)


def _largest_gains(signals: EmgSignals, time_s: Array) -> Array:
    """Give gains (c) at which excitation reaches one in the swings; what is seen outside of them has no say."""
    highest = interpolate(time_s, signals.time_s, signals.envelope).max(axis=(0, 1))
    return np.divide(signals.peak, highest, out=np.ones_like(highest), where=highest > 0)


def _gains(frames: LegFrames, signals: EmgSignals, shares: Array, most: Array, parameters: Parameters) -> Array:
    """Fit the excitation (c) at the peak of each channel that drives a muscle of this leg; nan for the others."""
    used = shares.any(axis=0)
    demand = Demand(
        strength_nm=frames.strength_nm,
        moment_nm=frames.moment_nm,
        reserve_optimal_nm=parameters.reserve_optimal_nm,
        shares=shares,
        weight=_weights(shares, parameters),
    )

    def course_at(gain: Array) -> Array:
        return interpolate(frames.time_s, signals.time_s, signals.activation(gain))

    return np.where(used, fit_gains(demand, course_at, most * (used & ~signals.silent)), np.nan)
