"""The inputs of an analysis and setups of OpenSim's tools that do the same with them, for the GUI and its users."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from swinglever.arrays import Array
from swinglever.motion.inputs import Inputs
from swinglever.readers.storage import write_storage
from swinglever.readers.text import write_text
from swinglever.readers.trc import write_trc
from swinglever.records.report import SwingReport
from swinglever.system.endings import naming_finished
from swinglever.system.whole_files import MADE_BY, file_name

STEP_S = 0.01
"""Step at which StaticOptimization solves; each takes it a tenth of a second and more."""
ACCURACY = 1e-6
"""Of OpenSim's inverse kinematics: its usual 1e-4 is off by degrees."""


@dataclass(frozen=True, kw_only=True)
class _Names:
    """Names of the files, all beginning with the trial's."""

    trial: str
    model: str

    def of(self, rest: str) -> str:
        return file_name(self.trial, rest)


def write_setups(report: SwingReport, inputs: Inputs, folder: Path) -> Sequence[Path]:
    """Write model, markers, coordinates, ground forces and reserves, and setups of the tools that use them.

    Parameters
    ----------
    report
        The result.
    inputs
        What it was made of, examined: markers mended and in the model's axes, each force with its foot.
    folder
        Where; made if it is not there.

    Returns
    -------
    sequence of Path
        The files. OpenSim's GUI opens each ``TRIAL_Setup_*.xml`` in the tool that it is named after, and the tools
        write into the folder: ``TRIAL_ik.mot``, ``TRIAL_inverse_dynamics.sto`` and tables of AnalyzeTool.

    Notes
    -----
    Inverse kinematics starts from the markers. The others start from the result's own coordinates, which are filtered
    already, every 10 ms: so net moments and activations do not hang on how OpenSim filters.
    """
    model = inputs.model
    source = model.require_file("OpenSim's tools")
    folder.mkdir(parents=True, exist_ok=True)
    names = _Names(trial=report.provenance.trial_name, model=source.name)
    written: list[Path] = []
    with naming_finished(written):
        if not (folder / names.model).exists() or not source.samefile(folder / names.model):
            shutil.copyfile(source, folder / names.model)
        written.append(folder / names.model)
        texts = _markers(inputs, names, folder, written)
        time_s = _write_coordinates(report, inputs, folder / names.of("coordinates.sto"), written)
        texts |= _tools(inputs, names, time_s, folder, written)
        for name, text in {**texts, "README.txt": _read_me(report, inputs, names)}.items():
            write_text(folder / name, text)
            written.append(folder / name)
    return written


def _markers(inputs: Inputs, names: _Names, folder: Path, written: list[Path]) -> dict[str, str]:
    """Write the markers; give the setup of inverse kinematics.

    Nothing for coordinates, or for segment poses: the markers made of these are not on the file's model.
    """
    from swinglever.engines.opensim import setups
    from swinglever.motion.kinematics import marker_task

    if inputs.trial.markers is None or inputs.trial.poses is not None:
        return {}
    task = marker_task(inputs.trial, inputs.trial.markers, inputs.model)
    markers = task.markers
    written.append(write_trc(folder / names.of("markers.trc"), markers))
    files = {
        "model_file": names.model,
        "marker_file": names.of("markers.trc"),
        "output_motion_file": names.of("ik.mot"),
    }
    weights = dict(zip(markers.names, task.weights, strict=True))
    pulled = {inputs.model.coordinates[t.index].name: (t.weight, float(t.value[0])) for t in task.targets}
    window = float(markers.time_s[0]), float(markers.time_s[-1])
    return {names.of("Setup_IK.xml"): setups.inverse_kinematics(files, window, weights, pulled, ACCURACY)}


def _write_coordinates(report: SwingReport, inputs: Inputs, path: Path, written: list[Path]) -> Array:
    """Write all coordinates every 10 ms; give the times."""
    kinematics, model = report.kinematics, inputs.model
    first, last = float(kinematics.time_s[0]), float(kinematics.time_s[-1])
    time_s = np.asarray(first + STEP_S * np.arange(int((last - first) / STEP_S + 1e-6) + 1), float)
    q = model.all_coordinates(kinematics.at(time_s)[0])
    written.append(
        write_storage(path, time_s, model.all_coordinate_names, q, in_degrees=False, header={"source": MADE_BY})
    )
    return time_s


def _tools(inputs: Inputs, names: _Names, time_s: Array, folder: Path, written: list[Path]) -> dict[str, str]:
    """Write the ground forces; give setups of InverseDynamicsTool and of AnalyzeTool, and the reserves."""
    from swinglever.engines.opensim import setups
    from swinglever.engines.opensim.analyses import point_forces, reserves_of, write_loads

    files = {"model_file": names.model, "coordinates_file": names.of("coordinates.sto")}
    used = [f for f in inputs.trial.ground_forces if f.body in inputs.model.body_names and f.force_n.any()]
    forces = point_forces(used, inputs.model, used[0].time_s) if used else []
    if forces:
        loads = names.of("External_Loads.xml")
        written += [write_loads(folder / loads, used[0].time_s, forces), folder / loads]
        files["external_loads_file"] = loads
    window = float(time_s[0]), float(time_s[-1])
    moments = files | {"output_gen_force_file": names.of("inverse_dynamics.sto")}
    analyses = files | {"results_directory": ".", "force_set_files": names.of("reserves.xml")}
    legs = [inputs.model.coordinates[k].name for leg in inputs.model.legs.values() for k in leg.released]
    reserves = reserves_of(inputs.model, legs, inputs.parameters.reserve_optimal_nm)
    return {
        names.of("Setup_ID.xml"): setups.inverse_dynamics(moments, window),
        names.of("reserves.xml"): setups.reserves(reserves),
        names.of("Setup_StaticOptimization.xml"): setups.analysis(
            names.trial, setups.STATIC_OPTIMIZATION, analyses, window
        ),
        names.of("Setup_Analyze.xml"): setups.analysis(
            names.trial, setups.muscle_analysis(legs), files | {"results_directory": "."}, window
        ),
    }


def _read_me(report: SwingReport, inputs: Inputs, names: _Names) -> str:
    p, chosen = report.provenance, inputs.parameters
    told = [
        f"Setups for OpenSim of the analysis of {p.trial_name} with swinglever {p.swinglever_version}.",
        "",
        f"1. File > Open Model: {names.model}.",
        "2. Tools > Inverse Kinematics, Inverse Dynamics or Analyze > Load: the setup of that name. Run.",
        "",
        "Setup_IK starts from the markers; its result is before swinglever's filter "
        f"(zero-lag Butterworth, {chosen.filter_hz:g} Hz). The other setups start from "
        f"{names.of('coordinates.sto')}, which is filtered: rad and m, every {1000 * STEP_S:.0f} ms.",
        "Setup_StaticOptimization solves for every muscle of the model, with a reserve of "
        f"{chosen.reserve_optimal_nm:g} N m at each coordinate of the legs. OpenSim keeps every muscle at its least "
        "activation, 0.01 in most models; swinglever goes down to 0.",
    ]
    if chosen.passive_force:
        told.append(
            "OpenSim leaves passive fibre forces out of StaticOptimization, swinglever took them in: analyse with "
            "--no-passive-force to have the same activations."
        )
    if chosen.knee_range_deg is not None:
        told.append(
            f"swinglever widened the model's knee to {chosen.knee_range_deg:g} deg; the model file is as it was, so "
            "Setup_IK ends at its own range."
        )
    return "\n".join([*told, "", f"The command: {p.command}", ""])
