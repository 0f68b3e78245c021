"""Muscle forces informed by EMG: static optimization that stays near the activations that EMG asks for.

After EMG-driven and EMG-assisted modelling (Lloyd & Besier 2003, *J. Biomech.* 36:765; Sartori et al. 2014,
*J. Biomech.* 47:3613; CEINMS, Pizzolato et al. 2015, *J. Biomech.* 48:3929): measured muscles follow their EMG as far
as the joint moments let them, the others do what least effort gives them.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from swinglever.arrays import Array
from swinglever.emg import EmgSignals, at
from swinglever.emg_channels import drive_shares
from swinglever.emg_gain import Demand, fit_sizes
from swinglever.emg_record import EmgRecord
from swinglever.leg_muscles import LegMuscles
from swinglever.muscles import STATIC_OPTIMIZATION, joint_demand, solve_muscles
from swinglever.parameters import Parameters
from swinglever.results import MuscleForces
from swinglever.swing import SwingEvents

WITH_EMG = f"{STATIC_OPTIMIZATION}+emg"
"""Name of the solver in results."""
FITTED_FRAMES = 4
"""Sizes are fitted to every so manieth frame: neighbours tell the same, as no signal in them is faster than 12 Hz."""


def solve_with_emg(
    legs: Sequence[LegMuscles], signals: EmgSignals, parameters: Parameters
) -> tuple[tuple[MuscleForces, ...], Mapping[str, Array]]:
    """Find muscle forces with the help of EMG; a leg without channels is solved without.

    Returns
    -------
    forces, sizes
        Of each swing; by side, the excitation (c) at each channel's peak, nan for channels of the other side.
    """
    found: dict[str, MuscleForces] = {}
    sizes: dict[str, Array] = {}
    for side in sorted({leg.dynamics.events.side for leg in legs}):
        mine = [leg for leg in legs if leg.dynamics.events.side == side]
        shares = drive_shares(signals.channels, mine[0].paths.names, side)
        wanted, weight = {}, None
        if shares.any():
            weight = np.where(shares.any(axis=1), parameters.emg_weight, 1.0)
            sizes[side] = _sizes(mine, signals, shares, weight, parameters)
            wanted = {
                leg.dynamics.events.id: signals.activation(np.nan_to_num(sizes[side]), leg.dynamics.time_s) @ shares.T
                for leg in mine
            }
        solved = solve_muscles(
            mine,
            passive=parameters.passive_force,
            reserve_optimal_nm=parameters.reserve_optimal_nm,
            wanted=wanted,
            weight=weight,
            solver=WITH_EMG if wanted else STATIC_OPTIMIZATION,
        )
        found |= {leg.dynamics.events.id: f for leg, f in zip(mine, solved, strict=True)}
    return tuple(found[leg.dynamics.events.id] for leg in legs), sizes


def _sizes(
    legs: Sequence[LegMuscles], signals: EmgSignals, shares: Array, weight: Array, parameters: Parameters
) -> Array:
    """Excitation (c) at the peak of each channel that drives a muscle of this leg; nan for the others."""
    used = shares.any(axis=0)
    if parameters.emg_gain == "given":
        return np.where(used, signals.peak, np.nan)
    gain_nm, moment_nm = joint_demand(legs, parameters.passive_force)
    frames = slice(None, None, FITTED_FRAMES)
    time_s = np.concatenate([leg.dynamics.time_s for leg in legs])[frames]
    demand = Demand(
        gain_nm=gain_nm[frames],
        moment_nm=moment_nm[frames],
        reserve_optimal_nm=parameters.reserve_optimal_nm,
        shares=shares,
        weight=weight,
    )
    fitted = fit_sizes(demand, lambda size: signals.activation(size, time_s), used & ~signals.silent)
    return np.where(used, fitted, np.nan)


def record_emg(
    signals: EmgSignals, swing: SwingEvents, time_s: Array, muscles: Sequence[str], size: Array | None, on_share: float
) -> EmgRecord | None:
    """Put together what EMG tells of one swing; None where it has no channel of the leg or does not reach over it.

    Parameters
    ----------
    signals, swing, time_s
        The recording, and the swing with its times (K).
    muscles
        Names of the model's muscles.
    size
        Excitation at each channel's peak (all channels); None where EMG is shown only.
    on_share
        Share of the peak above which a channel is on.
    """
    mine = signals.of_side(swing.side)
    if not mine or not signals.covers(swing.toe_off_s, swing.foot_strike_s):
        return None
    nothing = np.full((len(time_s), len(mine)), np.nan)
    shares = drive_shares(signals.channels, muscles, swing.side)
    envelope, peak = at(signals.time_s, signals.envelope[:, mine], time_s), signals.peak[mine]
    gain = nothing[0] if size is None else np.divide(size[mine], peak, out=nothing[0].copy(), where=peak > 0)
    return EmgRecord(
        source=signals.source,
        kind=signals.kind,
        drives=size is not None,
        names=tuple(signals.channels[k].name for k in mine),
        units=tuple(signals.units[k] for k in mine),
        groups=tuple(signals.channels[k].group for k in mine),
        muscles=tuple(tuple(m for m, share in zip(muscles, shares[:, k], strict=True) if share) for k in mine),
        envelope=envelope,
        activation=nothing if size is None else signals.activation(np.nan_to_num(size), time_s)[:, mine],
        gain=gain,
        on=envelope > on_share * np.where(peak > 0, peak, np.inf),
        on_share=on_share,
    )
