"""Named motions of the planar runner whose causes are known, for the tests of the method."""

from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp

from swinglever.anatomy.model import Model, Side
from swinglever.arrays import Array
from swinglever.dynamics.limb import Dynamics, compute_dynamics
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import kinematics_of
from swinglever.motion.leg_swings import line_up
from swinglever.motion.swings import SwingEvents
from swinglever.readers.storage import write_storage
from swinglever.records.parameters import Parameters
from swinglever.records.trial import Trial

TOE_OFF_S, STRIKE_S = 0.3, 0.75


def running_like(time_s: Array, model: Model, phase: float = 0.0, size: float = 1.0) -> Array:
    """Smooth coordinates (T,n) that swing both legs about as a runner does; ``size`` scales the joint angles."""
    w = 2 * np.pi / 0.7
    q = np.zeros((len(time_s), len(model.coordinates)))
    q[:, 0] = 0.05 * np.sin(2 * w * time_s)
    q[:, 1] = 0.95 + 0.04 * np.cos(2 * w * time_s + 0.4)
    q[:, 2] = 0.05 * np.sin(w * time_s + phase)
    for first, shift in ((3, 0.0), (6, np.pi)):
        a = w * time_s + phase + shift
        sign = model.legs["r"].knee_sign
        q[:, first] = size * (0.25 + 0.6 * np.sin(a - 3.9))
        q[:, first + 1] = sign * size * (0.9 - 0.75 * np.cos(a - 2.5) + 0.1 * np.sin(2 * a))
        q[:, first + 2] = size * 0.2 * np.sin(a + 1.0)
    return q


def swing_of(side: Side, toe_off_s: float = TOE_OFF_S, strike_s: float = STRIKE_S) -> SwingEvents:
    """A swing between two instants, without inner events."""
    return SwingEvents(
        side=side,
        number=1,
        toe_off_s=toe_off_s,
        thigh_reversal_s=np.nan,
        peak_flexion_s=np.nan,
        pass_s=np.nan,
        foot_strike_s=strike_s,
        event_source="kinematics",
    )


def analysed(
    model: Model, q: Array, time_s: Array, side: Side = "r", swing: SwingEvents | None = None, **choices: object
) -> Dynamics:
    """Dynamics of one swing of given coordinates, as a batch of one."""
    trial = Trial(name="motion", path=Path("motion"), sha256="")
    inputs = Inputs(trial=trial, model=model, parameters=Parameters.from_table(dict(choices)))
    kinematics = kinematics_of(model.coordinate_names, time_s, q)
    (swings,) = line_up(inputs, kinematics, [swing or swing_of(side)])
    return compute_dynamics(swings)


def free_fall(model: Model, q0: Array, u0: Array, time_s: Array) -> Array:
    """Coordinates (T,n) of the whole body without any joint moment, by an integrator that is not ours."""
    n = len(q0)

    def rate(_: float, state: Array) -> Array:
        q, u = state[:n], state[n:]
        force = model.gravity_forces(q) - model.velocity_terms(q, u)
        return np.concatenate([u, np.linalg.solve(model.mass_matrix(q), force)])

    solved = solve_ivp(rate, (time_s[0], time_s[-1]), np.concatenate([q0, u0]), t_eval=time_s, rtol=1e-11, atol=1e-12)
    return np.asarray(solved.y[:n].T)


def write_planar_trial(folder: Path, model: Model, seconds: float = 2.0) -> tuple[Path, Path]:
    """Write a trial of the planar runner and its ground forces: stances of 0.35 s every 0.7 s, the feet by turns.

    His motion was made by hand and no foot of it rests on a floor, so each force acts where its foot is.
    """
    time_s = np.linspace(0.0, seconds, int(200 * seconds) + 1)
    q = running_like(time_s, model)
    placed = model.place(q)
    columns, names = [], []
    for side, begin in (("r", 0.6), ("l", 0.25)):
        since = (time_s - begin) % 0.7
        lift = np.where(since < 0.35, 1500.0 * np.sin(np.pi * since / 0.35), 0.0)
        foot = placed.body_position[:, model.legs[side].foot]
        columns += [0 * lift, lift, 0 * lift, *foot.T]
        names += [f"plate_{side}_{kind}{axis}" for kind in ("v", "p") for axis in "xyz"]
    motion, forces = folder / "planar.sto", folder / "planar_grf.mot"
    write_storage(motion, time_s, model.coordinate_names, q, in_degrees=False)
    write_storage(forces, time_s, names, np.stack(columns, axis=1))
    return motion, forces
