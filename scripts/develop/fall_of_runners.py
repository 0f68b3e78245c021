"""Do public and bundled runners fall, push and stand as mechanics has it? Prints what ``checks/laws.py`` rests on."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from compare_toe_off import Files, bundled_trials, public_trials

from swinglever.checks.balance import lean_of, lever_of, place_on_sole
from swinglever.checks.delays import measure_delays
from swinglever.checks.event_times import compare_event_times, force_lateness, lateness_of_all
from swinglever.checks.examination import examine, require
from swinglever.checks.feet import settle_plates
from swinglever.checks.footing import measure_footing
from swinglever.checks.newton import acceleration_of_centre, falls_in_flight, hardest_fall, pushes
from swinglever.checks.request import Request
from swinglever.checks.size import size_of_body
from swinglever.motion.foot_events import find_events
from swinglever.motion.foot_path import follow_feet
from swinglever.motion.kinematics import solve_kinematics
from swinglever.plugins.manager import Plugins
from swinglever.plugins.reading import readers
from swinglever.records.parameters import Parameters


def row_of(name: str, files: Files, seconds: float) -> str:
    """Measure one trial."""
    parameters = Parameters(knee_range_deg=160.0)
    if "runT" in files.trial.name or "running" in files.trial.name:
        parameters = replace(parameters, end_s=seconds)
    beside = {"external_loads": files.external_loads, "ik_setup": files.ik_setup}
    inputs = require(examine(Request.of(files.trial, files.model, parameters, **beside), readers(Plugins())))
    kinematics, model = solve_kinematics(inputs), inputs.model
    acceleration = acceleration_of_centre(model, kinematics)
    events = find_events(model, kinematics, (), inputs.parameters)
    falls = falls_in_flight(model, kinematics.time_s, acceleration, list(events.values()))
    fall = f"{np.median(falls):.2f}" if falls else "–"
    cells = [name, f"{len(falls)}", fall, f"{hardest_fall(model, acceleration):.2f}"]
    if (footing := measure_footing(model, kinematics, events)) is not None:
        gains = [
            footing.slide_m_s / min(footing.undone.values()),
            max(shift.before_m_s / shift.slide_m_s for shift in footing.shifts),
        ]
        cells += [f"{footing.slide_m_s:.3f}", *(f"{gain:.2f}" for gain in gains), f"{footing.slope_deg:.1f}"]
        cells += [f"{footing.speed_m_s:.2f} {footing.aside_m_s:.2f}"]
    cells += [f"{lean_of(model, kinematics, events):.3f}"]
    if (size := size_of_body(inputs, kinematics)) is not None:
        cells += [f"{size.factor:.3f}", f"{size.left:.2f}"]
        cells += [" ".join(f"{1e3 * delay.late_s:.1f}" for delay in measure_delays(inputs, kinematics))]
    inputs, _ = settle_plates(inputs, kinematics)
    if forces := inputs.trial.ground_forces:
        times = compare_event_times(inputs, kinematics, follow_feet(inputs.model, kinematics))
        pushed = pushes(model, kinematics, acceleration, forces)
        cells += [f"{v:.2f}" for v in (pushed.alike, pushed.spread, pushed.forwards, pushed.sideways)]
        late = force_lateness(times), times.push_late_s, lateness_of_all(times)
        cells += [f"{1e3 * each:.0f}" for each in late]
        lags = times.lags
        cells += ["–", "–"] if lags is None else [f"{1e3 * s:.1f}" for s in (lags.drift * lags.lasting_s, lags.apart_s)]
        cells += [f"{value:.3f}" for value in lever_of(model, kinematics, forces)]
        cells += [" ".join("{:.2f}, {:.2f}".format(*place_on_sole(model, kinematics, force)) for force in forces)]
    return f"| {' | '.join(cells)} |"


HEAD = (
    "| trial | flights | fall, gravities | hardest fall | feet slide, m/s | as many times less with one thing undone "
    "| with a joint shifted | slope, deg | forwards, and to the right, m/s | lean, m | size "
    "| squared marker distance that it leaves | markers late, ms: pelvis, thighs, shanks, feet (right, left, both) "
    "| push upwards, correlation | its spread, of need "
    "| forwards, of need | sideways, of need | late by steps, ms | by push, ms | by all, ms "
    "| forces drift, ms | right foot's late, ms | lever ahead, m "
    "| beside, m | place on soles, load off them |"
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each long trial")
    asked = parser.parse_args()
    print(f"{HEAD}\n|{'---|' * (HEAD.count('|') - 1)}")
    for name, files in (public_trials(asked.data) | bundled_trials()).items():
        print(row_of(name, files, asked.seconds), flush=True)


if __name__ == "__main__":
    main()
