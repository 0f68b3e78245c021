"""Do public and bundled runners fall and go as Newton says? Prints what ``checks/newton.py`` holds inputs against."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from compare_toe_off import Files, bundled_trials, public_trials

from swinglever.checks.examination import examine, require
from swinglever.checks.newton import acceleration_of_centre, falls_in_flight, pushes
from swinglever.checks.request import Request
from swinglever.motion.foot_events import find_events
from swinglever.motion.kinematics import solve_kinematics
from swinglever.plugins.manager import Plugins
from swinglever.plugins.reading import readers
from swinglever.records.parameters import Parameters


def row_of(name: str, files: Files, seconds: float) -> str:
    """Give the flights of a trial, its falls, and its pushes."""
    parameters = Parameters(knee_range_deg=160.0)
    if "runT" in files.trial.name or "running" in files.trial.name:
        parameters = replace(parameters, end_s=seconds)
    beside = {"external_loads": files.external_loads, "ik_setup": files.ik_setup}
    inputs = require(examine(Request.of(files.trial, files.model, parameters, **beside), readers(Plugins())))
    kinematics = solve_kinematics(inputs)
    acceleration = acceleration_of_centre(inputs.model, kinematics)
    events = list(find_events(inputs.model, kinematics, (), inputs.parameters).values())
    falls = falls_in_flight(inputs.model, kinematics.time_s, acceleration, events)
    fall = f"{np.median(falls):.2f}" if falls else "–"
    if not inputs.trial.ground_forces:
        return f"| {name} | {len(falls)} | {fall} | – | – | – |"
    upwards, along, across = pushes(inputs.model, kinematics, acceleration, inputs.trial.ground_forces)
    return f"| {name} | {len(falls)} | {fall} | {upwards:.2f} | {along:.2f} | {across:.2f} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each long trial")
    asked = parser.parse_args()
    print("| trial | flights | fall, gravities | upwards, correlation | forwards, of need | sideways, of need |")
    print("|---|---|---|---|---|---|")
    for name, files in (public_trials(asked.data) | bundled_trials()).items():
        print(row_of(name, files, asked.seconds), flush=True)


if __name__ == "__main__":
    main()
