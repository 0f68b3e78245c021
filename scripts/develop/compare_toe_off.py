"""How well does the motion of a foot tell toe-off and foot strike? Prints errors against ground force, in ms.

Rows are detectors, columns are trials with the force hidden; each cell is mean ± standard deviation over the steps. The
published ones look for the greatest peak near the force's own event, which is more help than a recording without force
gives; ours, "swinglever", has no such help. The lists below them count each public trial of running alike;
records/event_errors.py holds the last figure for toe-off, that of runners who had no part in setting the constant.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.signal import find_peaks

from swinglever.anatomy.model import Model, Side, widen_knees
from swinglever.arrays import Array
from swinglever.engines.opensim import load_model
from swinglever.motion.foot_events import find_contact_times, find_events
from swinglever.motion.foot_path import FootPath, follow_feet
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.steps import Contact
from swinglever.motion.toe_off import LEG_IS_LATE_S
from swinglever.readers.trial import read_trial
from swinglever.records.kinematics import Kinematics
from swinglever.records.parameters import Parameters
from swinglever.records.trial import GroundForce
from swinglever.signals import turning_time

ROOT = Path(__file__).resolve().parents[2]
MARGIN_S = 0.3
"""Steps nearer than this to an end of the recording are not counted: the filter and every detector need room."""


@dataclass(frozen=True, kw_only=True)
class Files:
    """A trial whose ground force is known: ``runner`` tells which trials are of one person."""

    runner: str
    trial: Path
    model: Path
    external_loads: Path | None
    ik_setup: Path


@dataclass(frozen=True, kw_only=True)
class Steps:
    """One trial, with its events by ground force and by motion."""

    model: Model
    kinematics: Kinematics
    forces: tuple[GroundForce, ...]
    paths: Mapping[Side, FootPath]
    truth: Mapping[Side, tuple[Array, Array]]
    found: Mapping[Side, tuple[Array, Array]]


def public_trials(data: Path) -> dict[str, Files]:
    """Name the trials of the folder of public data whose ground force is known."""
    hamner, walk = data / "hamner2010_run", data / "gait2392_walk"
    files = {
        "Hamner 4.0": Files(
            runner="Hamner",
            trial=hamner / "subject02_running.trc",
            model=hamner / "subject02_registered.osim",
            external_loads=hamner / "External_Loads.xml",
            ik_setup=hamner / "Setup_IK.xml",
        )
    }
    for name, speed in [(name, speed) for name in ("RBDS020", "RBDS03") for speed in ("25", "35", "45")]:
        folder = data / "fukuchi2017_run" / name
        files[f"{name} {speed[0]}.{speed[1]}"] = Files(
            runner=name,
            trial=folder / f"{name}runT{speed}.c3d",
            model=folder / f"{name}_scaledAdjusted_complex.osim",
            external_loads=None,
            ik_setup=folder / f"{name}_T{speed}_ikSetup.xml",
        )
    files["walk"] = Files(
        runner="gait2392",
        trial=walk / "subject01_walk1.trc",
        model=walk / "subject01_simbody.osim",
        external_loads=walk / "subject01_walk1_grf.xml",
        ik_setup=walk / "subject01_Setup_IK.xml",
    )
    return files


def bundled_trials() -> dict[str, Files]:
    """Name the synthetic trials; their stances are the norms', so that the ground does not stop the foot in them."""
    models = ROOT / "models"
    names = ("mean_25", "mean_35", "mean_45", "passive", "pulled", "braked")
    return {
        name: Files(
            runner="synthetic",
            trial=models / f"runners/synthetic_{name}.trc",
            model=models / "runner.osim",
            external_loads=models / f"runners/synthetic_{name}_grf.xml",
            ik_setup=models / f"runners/synthetic_{name}_ik.xml",
        )
        for name in names
    }


def solve(files: Files, threshold_n: float, filter_hz: float) -> Steps:
    """Solve a trial and find its events twice, by ground force and by motion."""
    parameters = Parameters(force_threshold_n=threshold_n, filter_hz=filter_hz)
    model = widen_knees(load_model(files.model), np.radians(160.0))
    trial = read_trial(files.trial, external_loads=files.external_loads, ik_setup=files.ik_setup)
    kinematics = solve_kinematics(Inputs(trial=trial, model=model, parameters=parameters))
    by_force = find_contact_times(model, kinematics, trial.ground_forces, threshold_n)
    by_motion = find_events(model, kinematics, (), parameters)
    return Steps(
        model=model,
        kinematics=kinematics,
        forces=trial.ground_forces,
        paths=follow_feet(model, kinematics),
        truth={side: _ends(contacts) for side, contacts in by_force.items()},
        found={s: (np.array(e.toe_off_s), np.array(e.foot_strike_s)) for s, e in by_motion.items()},
    )


def _ends(contacts: Sequence[Contact]) -> tuple[Array, Array]:
    """Toe-offs and foot strikes of the contacts of one foot."""
    on, off = np.array(contacts, dtype=np.float64).reshape(-1, 2).T
    return off[np.isfinite(off)], on[np.isfinite(on)]


def _d(values: Array, path: FootPath, times: int = 1) -> Array:
    for _ in range(times):
        values = np.gradient(values, path.time_s)
    return values


Signal = Callable[[FootPath, Array], Array]
"""A curve (T) of a foot's path and the knee's flexion whose greatest peak is the event."""

TOE_OFF: dict[str, Signal] = {
    "toes rearmost (Zeni 2008)": lambda p, _: (p.pelvis_m - p.ball_m)[:, 0],
    "knee straightest (Fellin 2010)": lambda _, knee: -knee,
    "toe tip's upward jerk (Handsaker 2016)": lambda p, _: _d(p.toe_tip_m[:, 1], p, 3),
    "toe tip's upward acceleration (De Witt 2010)": lambda p, _: _d(p.toe_tip_m[:, 1], p, 2),
    "ball's upward acceleration (De Witt 2010)": lambda p, _: _d(p.ball_m[:, 1], p, 2),
    "ball's forward acceleration (Hreljac & Marshall 2000)": lambda p, _: _d(p.ball_m[:, 0], p, 2),
    "middle of the foot's upward speed (O'Connor 2007)": lambda p, _: _d((p.heel_m + p.ball_m)[:, 1], p),
}
FOOT_STRIKE: dict[str, Signal] = {
    "heel foremost (Zeni 2008)": lambda p, _: (p.heel_m - p.pelvis_m)[:, 0],
    "heel lowest (Fellin 2010)": lambda p, _: -p.heel_m[:, 1],
    "heel's upward acceleration (Hreljac & Marshall 2000)": lambda p, _: _d(p.heel_m[:, 1], p, 2),
    "ball's upward acceleration (Handsaker 2016)": lambda p, _: _d(p.ball_m[:, 1], p, 2),
    "pelvis's downward speed (Milner & Paquette 2015)": lambda p, _: -_d(p.pelvis_m[:, 1], p),
}
"""By the idea of each paper, on the points of the model instead of the markers that its authors had."""


LEG = "leg from hip to toe tip longest"  # half of ours, before its lateness is taken off
TOE_OFF[LEG] = lambda p, _: np.linalg.norm(p.hip_m - p.toe_tip_m, axis=1)
REACH_S = (0.1, 0.06)
"""How far from a toe-off and a foot strike a published detector looks; Zeni's, which is early or late, 0.2 s."""


def errors(steps: Steps, signals: Mapping[str, Signal], event: int) -> dict[str, Array]:
    """Errors (n), ms, of every detector over the steps of a trial; nan where it finds none.

    Parameters
    ----------
    steps
        The trial.
    signals
        The published detectors.
    event
        0 for toe-off, 1 for foot strike.
    """
    found: dict[str, list[float]] = {name: [] for name in ("swinglever", *signals)}
    for side, path in steps.paths.items():
        leg, time_s = steps.model.legs[side], path.time_s
        knee = leg.knee_sign * steps.kinematics.at(time_s)[0][:, leg.knee]
        curves = {name: signal(path, knee) for name, signal in signals.items()}
        truth = steps.truth[side][event]
        for true in truth[(truth > time_s[0] + MARGIN_S) & (truth < time_s[-1] - MARGIN_S)]:
            found["swinglever"].append(_nearest(steps.found[side][event], true))
            for name, curve in curves.items():
                reach_s = 0.2 if "Zeni" in name else REACH_S[event]
                found[name].append(_peak(time_s, curve, true, reach_s) - true)
    return {name: 1e3 * np.array(values) for name, values in found.items()}


def _nearest(times: Array, true: float) -> float:
    off = times - true
    k = np.argmin(np.abs(off)) if off.size else -1
    return float(off[k]) if off.size and abs(off[k]) < 0.15 else float("nan")


def _peak(time_s: Array, curve: Array, true: float, reach_s: float) -> float:
    near = np.flatnonzero(np.abs(time_s - true) < reach_s)
    peaks, _ = find_peaks(curve[near])
    if not peaks.size:
        return float("nan")
    return turning_time(time_s[near], curve[near], int(peaks[np.argmax(curve[near][peaks])]))


def strike_angle_deg(steps: Steps) -> float:
    """Mean angle of the sole to the ground at foot strike, toes up positive; above 8 it is the heel that lands.

    Notes
    -----
    Altmann & Davis 2012, *Gait Posture* 35:298: rearfoot above 8.0, forefoot below -1.6 degrees; against the sole when
    it is flat, 60 ms later.
    """
    angles = []
    for side, path in steps.paths.items():
        rise = path.ball_m[:, 1] - path.heel_m[:, 1]
        length = np.linalg.norm(path.ball_m - path.heel_m, axis=1)
        pitch = np.arcsin(np.clip(rise / length, -1.0, 1.0))
        strike = steps.truth[side][1]
        angles += list(np.interp(strike, path.time_s, pitch) - np.interp(strike + 0.06, path.time_s, pitch))
    return float(np.degrees(np.mean(angles)))


def _table(title: str, cells: Mapping[str, Mapping[str, Array]]) -> Iterator[str]:
    yield f"\n| {title} | " + " | ".join(cells) + " |"
    yield "|---" * (len(cells) + 1) + "|"
    for name in next(iter(cells.values())):
        yield f"| {name} | " + " | ".join(_told(trial[name]) for trial in cells.values()) + " |"


def _told(error_ms: Array) -> str:
    seen = error_ms[np.isfinite(error_ms)]
    lost = f", {len(error_ms) - len(seen)} lost" if len(seen) < len(error_ms) else ""
    return f"{seen.mean():.0f} ± {seen.std():.0f}{lost}" if len(seen) else "–"


def _summary(name: str, error_ms: Mapping[str, Array]) -> str:
    """Mean, spread and band over trials, each counted alike."""
    seen = [e[np.isfinite(e)] for e in error_ms.values() if np.isfinite(e).any()]
    all_ms, weight = np.concatenate(seen), np.concatenate([np.full(len(e), 1.0 / len(e)) for e in seen])
    order = np.argsort(all_ms)
    share = np.cumsum(weight[order]) / weight.sum()
    low, high = (all_ms[order][np.searchsorted(share, p)] for p in (0.05, 0.95))
    mean = np.average(all_ms, weights=weight)
    spread = np.sqrt(np.average((all_ms - mean) ** 2, weights=weight))
    within = np.average(np.abs(all_ms) <= 10.0, weights=weight)
    rms = np.sqrt(np.average(all_ms**2, weights=weight))
    told = f"{name}: {mean:.1f} ± {spread:.1f}, rms {rms:.1f}, 5-95 % {low:.1f} to {high:.1f}"
    return f"{told}, {len(all_ms)} steps, within 10 ms {100 * within:.0f} %"


def blind_errors(trial: str, runners: Mapping[str, str], cells: Mapping[str, Mapping[str, Array]]) -> Array:
    """Errors of our toe-off in a trial (n), ms, as if its runner had not been there when the leg's lateness was set."""
    others = sorted({runner for runner in runners.values() if runner != runners[trial]})
    lateness = [
        np.mean([np.nanmean(cells[name][LEG]) for name, runner in runners.items() if runner == other])
        for other in others
    ]
    return cells[trial]["swinglever"] - 0.5 * (float(np.mean(lateness)) - 1e3 * LEG_IS_LATE_S)


def chosen_blind(runners: Mapping[str, str], cells: Mapping[str, Mapping[str, Array]]) -> Iterator[str]:
    """Say which one or two of the signals suit the other runners best, and how far off they are on each runner.

    The mean of the signals' times is taken, less their mean lateness on the others; each trial counts alike.
    """
    names = list(TOE_OFF)
    candidates = [*((name,) for name in names), *combinations(names, 2)]
    for left_out in sorted(set(runners.values())):
        others = [trial for trial, runner in runners.items() if runner != left_out]
        mine = [trial for trial, runner in runners.items() if runner == left_out]
        best = min(candidates, key=lambda signals: _rms([_times(cells[t], signals) for t in others]))
        late = float(np.mean([np.nanmean(_times(cells[t], best)) for t in others]))
        rms = _rms([_times(cells[t], best) for t in mine], late)
        told = _rms([_times(cells[t], best) for t in others])
        yield f"{left_out}: {' with '.join(best)}; rms {told:.1f} ms on the others, {rms:.1f} ms on this one"


def _times(cell: Mapping[str, Array], signals: Sequence[str]) -> Array:
    return np.asarray(np.mean([cell[name] for name in signals], axis=0))


def _rms(error_ms: Sequence[Array], late: float | None = None) -> float:
    """Root mean square about some lateness, the mean's when not given; where a fifth is lost, nothing may be chosen."""
    if any(np.isnan(e).mean() > 0.2 for e in error_ms):
        return float("inf")
    late = float(np.mean([np.nanmean(e) for e in error_ms])) if late is None else late
    return float(np.sqrt(np.mean([np.nanmean((e - late) ** 2) for e in error_ms])))


def main() -> None:
    """Solve every trial and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder that holds hamner2010_run, fukuchi2017_run and gait2392_walk")
    parser.add_argument("--threshold", type=float, default=50.0, help="vertical force that counts as contact, N (50)")
    parser.add_argument("--filter", type=float, default=12.0, help="cut-off of the coordinates' filter, Hz (12)")
    asked = parser.parse_args()
    if not (asked.data / "hamner2010_run").is_dir():
        parser.error(f"expected the folders of the public recordings in '{asked.data}'")
    steps = {}
    for name, files in {**public_trials(asked.data), **bundled_trials()}.items():
        steps[name] = solve(files, asked.threshold, asked.filter)
        print(f"{name}: solved", file=sys.stderr)
    print("sole at foot strike:", ", ".join(f"{name} {strike_angle_deg(s):.0f}°" for name, s in steps.items()))
    running = {name: f.runner for name, f in public_trials(asked.data).items() if f.runner != "gait2392"}
    for event, (title, signals) in enumerate((("toe-off", TOE_OFF), ("foot strike", FOOT_STRIKE))):
        cells = {name: errors(s, signals, event) for name, s in steps.items()}
        print("\n".join(_table(f"{title}, ms", cells)))
        print(f"\n{title} of the public runners")
        for detector in ("swinglever", *signals):
            print("-", _summary(detector, {name: cells[name][detector] for name in running}))
        if event == 0:
            blind = {name: blind_errors(name, running, cells) for name in running}
            print("-", _summary("swinglever, with the leg's lateness from the other runners", blind))
            print("\nsignals and lateness chosen on the other runners, looked for near the force's own event")
            print("\n".join(f"- {line}" for line in chosen_blind(running, cells)))


if __name__ == "__main__":
    main()
