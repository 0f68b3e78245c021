"""Do five channels of EMG decide the bundled swings, whatever their gains, and 30 ms early or late? Prints a table.

Each draw gives every channel a gain of a tenth to ten and shifts all of them by up to 30 ms either way. ``timing
alone``: what moments and rates of activation leave where channels are off below a fifth of their peak, off is 5 %.
"""

import argparse
from collections import Counter
from dataclasses import replace

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.causes.bounds import ask, sharings_until, without_tail
from swinglever.causes.emg_windows import windows_of
from swinglever.causes.grading import categorise
from swinglever.causes.limits import calibrated_limits
from swinglever.causes.proof import prove
from swinglever.causes.timing import range_without_contradicting
from swinglever.certainty.known_findings import CHANNELS
from swinglever.dynamics.limb import compute_dynamics
from swinglever.emg.channels import read_channels
from swinglever.emg.envelopes import EmgSignals, process_emg
from swinglever.engines.opensim import load_model
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import line_up
from swinglever.motion.swings import find_swings
from swinglever.muscles.legs import LegMuscles, prepare_muscles
from swinglever.muscles.solvers.emg_informed import solve_with_emg
from swinglever.muscles.solvers.least_effort import solve_least_effort
from swinglever.readers.emg import read_emg
from swinglever.readers.trial import read_trial
from swinglever.records.folding import half_fold
from swinglever.records.parameters import Parameters
from swinglever.synthetic.trials import bundled_trial
from swinglever.system.resources import model_file

CAUSES = ("passive", "pulled", "braked")
LATEST_S = 0.03


def prepare(model: Model, cause: str) -> tuple[LegMuscles, EmgSignals]:
    """The muscles of a bundled swing, and five channels of its EMG."""
    trial = bundled_trial(cause)
    files = trial.files
    assert trial.emg is not None
    read = read_trial(files.trial, files.grf, files.external_loads, files.ik_setup)
    inputs = Inputs(trial=read, model=model, parameters=Parameters())
    kinematics = solve_kinematics(inputs)
    (swings,) = line_up(inputs, kinematics, find_swings(read, model, kinematics, inputs.parameters))
    recording, legs = read_emg(trial.emg), prepare_muscles(compute_dynamics(swings))
    told = [k for k, name in enumerate(recording.names) if name in CHANNELS["5 channels"]]
    few = replace(
        recording,
        names=tuple(recording.names[k] for k in told),
        units=tuple(recording.units[k] for k in told),
        values=recording.values[:, told],
    )
    return legs, process_emg(few, read_channels(few.names, legs.names), inputs.parameters)


def drawn(signals: EmgSignals, random: np.random.Generator) -> EmgSignals:
    """The same with other gains, early or late."""
    gain = 10.0 ** random.uniform(-1.0, 1.0, len(signals.channels))
    return replace(
        signals,
        time_s=signals.time_s + random.uniform(-LATEST_S, LATEST_S),
        envelope=signals.envelope * gain,
        peak=signals.peak * gain,
        noise=signals.noise * gain,
    )


def judged(legs: LegMuscles, signals: EmgSignals) -> str:
    """What an analysis says: verdict and grade."""
    swings = legs.dynamics.swings
    told = replace(swings, inputs=replace(swings.inputs, emg=signals))
    (proof,) = prove(solve_with_emg(replace(legs, dynamics=replace(legs.dynamics, swings=told))))
    return f"{proof.judgement.category}, {proof.judgement.grade}"


def by_timing(legs: LegMuscles, signals: EmgSignals) -> Array:
    """Share of the early flexion that new hamstring activation made, at least and at most, by timing alone."""
    flexion = legs.dynamics.knee_flexion_rad[0]
    half = half_fold(flexion)
    time_s = legs.dynamics.time_s[0, : half + 1]
    (sharing,) = sharings_until(solve_least_effort(legs), ask(legs, "hamstrings", "shank", "half", (half,)))
    windows, _ = windows_of(signals, legs.names, "r", time_s, Parameters())
    new = without_tail(sharing, time_s - time_s[0])
    ends, _ = range_without_contradicting(new, float(time_s[1] - time_s[0]), windows.by_timing())
    return np.full(2, np.nan) if ends is None else np.array(ends) / (flexion[half] - flexion[0])


def main() -> None:
    """Draw, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=20, help="of each swing (20)")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    model, limits = load_model(model_file("runner.osim")), calibrated_limits()
    print("| swing | verdicts with five channels | share by timing alone, least and most over the draws | categories |")
    print("|---|---|---|---|")
    for cause in CAUSES:
        legs, signals = prepare(model, cause)
        random = np.random.default_rng(asked.seed)
        said: Counter[str] = Counter()
        ranges = []
        for _ in range(asked.draws):
            other = drawn(signals, random)
            said[judged(legs, other)] += 1
            ranges.append(by_timing(legs, other))
        low, high = np.array(ranges).T
        reached = Counter(
            " to ".join(dict.fromkeys(categorise(end, limits) for end in ends)) for ends in np.array(ranges)
        )
        told = "; ".join(f"{name} in {n}" for name, n in said.most_common())
        spans = "; ".join(f"{name} in {n}" for name, n in reached.most_common())
        print(f"| {cause} | {told} | {low.min():.2f} to {high.max():.2f} | {spans} |", flush=True)


if __name__ == "__main__":
    main()
