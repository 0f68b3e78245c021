"""How often exchanged EMG channels and legs are named, and right ones doubted: draws of noise, gains and delay."""

import argparse
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from swinglever.causes.bounds import ask, sharings_until
from swinglever.dynamics.limb import compute_dynamics
from swinglever.emg.channels import read_channels
from swinglever.emg.envelopes import process_emg
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import line_up
from swinglever.motion.swings import find_swings
from swinglever.muscles.emg_exchange import find_exchanges, frames_for_names
from swinglever.muscles.legs import prepare_muscles
from swinglever.muscles.solvers.emg_informed import solve_with_emg
from swinglever.muscles.solvers.least_effort import solve_least_effort
from swinglever.plugins.reading import load_body
from swinglever.readers.trial import read_trial
from swinglever.records.parameters import Parameters
from swinglever.records.trial import EmgRecording
from swinglever.synthetic.cause import read_cause
from swinglever.synthetic.surface_emg import ELECTRODES, record_emg
from swinglever.synthetic.trials import bundled_trial
from swinglever.synthetic.truth import find_truth

CAUSES, MEANS, SITES = ("passive", "pulled", "braked"), ("mean_25", "mean_35", "mean_45"), ("bflh", "semiten", "recfem")
SITES += ("vaslat", "gasmed", "tibant")
CHOICES = Parameters()
MATTERS_DEG = 5.0
"""An exchange that moves the hamstrings' part by less is harmless: of two vasti, say."""


def legs_of(model, name):
    """Give the muscles of a bundled trial's swings."""
    files = bundled_trial(name).files
    trial = read_trial(files.trial, files.grf, files.external_loads, files.ik_setup)
    inputs = Inputs(trial=trial, model=model, parameters=CHOICES)
    kinematics = solve_kinematics(inputs)
    batches = line_up(inputs, kinematics, find_swings(trial, model, kinematics, CHOICES))
    return [prepare_muscles(compute_dynamics(batch)) for batch in batches]


def processed(names, values, time_s, muscles=()):
    """Make envelopes of raw signals, every channel times a gain of 0.3 to 3."""
    recording = EmgRecording(path=Path("emg"), time_s=time_s, names=names, units=("V",) * len(names), values=values)
    return process_emg(recording, read_channels(names, muscles), CHOICES)


def places(swing, legs, seed, kind):
    """One draw of two places: the pair that was exchanged, those that are named, and what that does to the hamstrings.

    The last: how far their part of the fold until the peak (deg, scope shank) moves when the wrong names are believed.
    """
    random, names = np.random.default_rng(seed), tuple(ELECTRODES)
    span_s = swing.time_s[-1] - swing.time_s[0] + 0.52
    time_s = np.arange(int(1000 * span_s)) / 1000
    values = record_emg(swing, swing.time_s[0] - 0.26 - random.uniform(-0.02, 0.02), time_s, seed)
    values = values * np.exp(random.uniform(np.log(0.3), np.log(3.0), len(names)))
    signals = processed(names, values, time_s)
    tells, groups = signals.stands_out, [c.group for c in signals.channels]
    pairs = [(i, j) for i in range(10) for j in range(i) if tells[i] and tells[j] and groups[i] != groups[j]]
    if kind == "hamstrings":
        pairs = [pair for pair in pairs if "hamstrings" in (groups[pair[0]], groups[pair[1]])]
    pair = random.choice(pairs) if kind != "right" else ()
    right = processed(names, values, time_s, legs[0].names)
    values[:, list(pair)] = values[:, list(pair)[::-1]]
    wrong = processed(names, values, time_s, legs[0].names)
    told = [set(p) for e in found_of(legs, wrong) for p in (e.names, *e.instead)]
    moved = part_deg(legs[0], wrong) - part_deg(legs[0], right) if kind == "any" else 0.0
    return {names[k] for k in pair}, told, moved


def found_of(legs, signals):
    """The channels that look exchanged."""
    frames = [frames_for_names(leg, signals) for leg in legs]
    return find_exchanges(frames, signals, legs[0].dynamics.swings.inputs.parameters)


def part_deg(leg, signals):
    """The hamstrings' part until the peak, deg, as static optimization with these signals has it."""
    swings = leg.dynamics.swings
    told = replace(swings, inputs=replace(swings.inputs, emg=signals))
    forces = solve_with_emg(replace(leg, dynamics=replace(leg.dynamics, swings=told)))
    peak = int(leg.dynamics.knee_flexion_rad[0].argmax())
    (sharing,) = sharings_until(forces, ask(leg, "hamstrings", "shank", "peak", (peak,)))
    return float(np.degrees(sharing.part_rad))


def both_legs(legs, forces, seed, crossed, sides):
    """One draw of EMG as least effort would have it, under right or crossed names: whether the legs are doubted."""
    random = np.random.default_rng(seed)
    spans = [leg.dynamics.time_s for leg in legs]
    time_s = np.arange(min(s.min() for s in spans) - 0.2, max(s.max() for s in spans) + 0.2, 0.002)
    names = tuple(f"{site}_{side}" for site in SITES for side in sides)
    columns = np.zeros((len(time_s), len(names)))
    for k, name in enumerate(names):
        muscle = name[:-1] + ({"r": "l", "l": "r"}[name[-1]] if crossed else name[-1])
        for leg, force in zip(legs, forces, strict=True):
            if leg.dynamics.swings.side == muscle[-1]:
                for when, course in zip(
                    leg.dynamics.time_s, force.activation[..., leg.names.index(muscle)], strict=True
                ):
                    columns[:, k] += np.interp(time_s, when + random.uniform(-0.02, 0.02), course, 0, 0)
    values = columns * random.uniform(0.3, 3.0, len(names)) + 0.005 * np.abs(random.normal(size=columns.shape))
    smooth = np.apply_along_axis(lambda x: np.convolve(x, np.hanning(41) / 20, mode="same"), 0, values)
    return any(e.legs for e in found_of(legs, processed(names, smooth, time_s)))


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--draws", type=int, default=40, help="of each kind")
parser.add_argument(
    "--kinds", nargs="*", default=["right", "hamstrings", "any", "legs"], help="of exchange; all of them"
)
chosen = parser.parse_args()
draws = chosen.draws
body = load_body(bundled_trial("passive").model)
swings = {cause: find_truth(body, read_cause(cause), 2.5).swing for cause in CAUSES}
muscles = {cause: legs_of(body, cause) for cause in CAUSES}
print(
    "| exchanged | draws | named | doubted others | silent | where silent, hamstrings move by up to "
    f"| move by {MATTERS_DEG:g}° or more | named of these | doubted others |"
)
print("|---|---|---|---|---|---|---|---|---|")
for kind, causes in (("right", CAUSES), ("hamstrings", ("pulled",)), ("any", CAUSES)):
    if kind not in chosen.kinds:
        continue
    told, grave, quiet = Counter(), Counter(), 0.0
    for draw in range(draws):
        cause = causes[draw % len(causes)]
        pair, named, moved = places(swings[cause], muscles[cause], draw, kind)
        found = "named" if pair and pair in named else "others" if named else "silent"
        told[found] += 1
        grave[found] += abs(moved) >= MATTERS_DEG
        quiet = max(quiet, abs(moved)) if found == "silent" else quiet
        print(f"{kind} {draw + 1} of {draws}: {sorted(pair)} {found}, {moved:.1f}°", file=sys.stderr, flush=True)
    cells = f"{quiet:.1f}° | {grave.total()} | {grave['named']} | {grave['others']}" if kind == "any" else " | | | "
    print(f"| {kind} | {draws} | {told['named']} | {told['others']} | {told['silent']} | {cells} |", flush=True)
if "legs" not in chosen.kinds:
    raise SystemExit
walks = [legs_of(body, name) for name in MEANS]
solved = [[solve_least_effort(leg) for leg in legs] for legs in walks]
for crossed in (True, False):
    found = [both_legs(walks[k % 3], solved[k % 3], k, crossed, ("rl", "r")[k % 2]) for k in range(draws)]
    print(
        f"| legs, {'crossed' if crossed else 'right'} | {draws} | {sum(found)} | 0 | {draws - sum(found)} | | | | |",
        flush=True,
    )
