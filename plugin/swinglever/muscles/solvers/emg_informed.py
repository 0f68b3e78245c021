"""Muscle forces informed by EMG: static optimization that stays near the activations that EMG asks for.

After EMG-driven and EMG-assisted modelling (Lloyd & Besier 2003, *J. Biomech.* 36:765; Sartori et al. 2014,
*J. Biomech.* 47:3613; CEINMS, Pizzolato et al. 2015, *J. Biomech.* 48:3929): measured muscles follow their EMG as far
as the joint moments let them, the others do what least effort gives them.
"""

import numpy as np

from swinglever.arrays import Array
from swinglever.emg.envelopes import EmgSignals
from swinglever.muscles.choice import WITH_EMG
from swinglever.muscles.drive import EmgDrive, shares_of
from swinglever.muscles.emg_gain import Demand, fit_gains
from swinglever.muscles.forces import LegForces, forces_of_activation
from swinglever.muscles.legs import LegMuscles
from swinglever.muscles.solvers.least_effort import least_activation, solve_least_effort
from swinglever.signals import interpolate

FITTED_FRAMES = 4
"""Gains are fitted to every so manieth frame: neighbours tell the same, as no signal in them is faster than 12 Hz."""


def solve_with_emg(legs: LegMuscles) -> LegForces:
    """Find muscle forces with the help of EMG; a leg without channels is solved without."""
    swings = legs.dynamics.swings
    signals, parameters = swings.inputs.emg, swings.inputs.parameters
    shares = None if signals is None else shares_of(signals, legs.names, swings.side)
    if signals is None or shares is None or not shares.any():
        return solve_least_effort(legs)
    weight = np.where(shares.any(axis=1), parameters.emg_weight, 1.0)
    most = _largest_gains(signals, swings.time_s)
    gain = _gains(legs, signals, shares, most)
    drive = EmgDrive(gain=gain, most=most, activation=signals.activation(np.nan_to_num(gain)))
    wanted = interpolate(swings.time_s, signals.time_s, drive.activation @ shares.T)
    activation = least_activation(legs, parameters.passive_force, wanted=wanted, weight=weight)
    return forces_of_activation(legs, WITH_EMG, activation, passive=parameters.passive_force, drive=drive)


def _largest_gains(signals: EmgSignals, time_s: Array) -> Array:
    """Give gains (c) at which excitation reaches one in the swings; what is seen outside of them has no say."""
    highest = interpolate(time_s, signals.time_s, signals.envelope).max(axis=(0, 1))
    return np.divide(signals.peak, highest, out=np.ones_like(highest), where=highest > 0)


def _gains(legs: LegMuscles, signals: EmgSignals, shares: Array, most: Array) -> Array:
    """Excitation (c) at the peak of each channel that drives a muscle of this leg; nan for the others."""
    parameters, used = legs.dynamics.swings.inputs.parameters, shares.any(axis=0)
    if parameters.emg_gain == "given":
        return np.where(used, signals.peak, np.nan)
    frames = slice(None, None, FITTED_FRAMES)
    strength_nm, moment_nm = legs.demand(parameters.passive_force)
    time_s = legs.dynamics.time_s.ravel()[frames]
    demand = Demand(
        strength_nm=strength_nm.reshape(-1, *strength_nm.shape[2:])[frames],
        moment_nm=moment_nm.reshape(-1, moment_nm.shape[2])[frames],
        reserve_optimal_nm=parameters.reserve_optimal_nm,
        shares=shares,
        weight=np.where(shares.any(axis=1), parameters.emg_weight, 1.0),
    )

    def course_at(gain: Array) -> Array:
        return interpolate(time_s, signals.time_s, signals.activation(gain))

    return np.where(used, fit_gains(demand, course_at, most * (used & ~signals.silent)), np.nan)
