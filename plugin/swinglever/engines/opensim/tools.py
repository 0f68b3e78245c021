"""Drives OpenSim's own tools, each in a child process, and reads what they wrote."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import opensim

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.engines.opensim import setups
from swinglever.engines.opensim.session import reason_of
from swinglever.errors import EngineError, named
from swinglever.readers.storage import read_storage, write_storage
from swinglever.readers.trc import write_trc
from swinglever.records.trial import Markers
from swinglever.system.isolation import call_in_child
from swinglever.system.scratch import scratch_folder


def run_tool(tool: str, setup: Path, expected: Sequence[Path], timeout_s: float = 3600.0) -> None:
    """Run one of OpenSim's tools in a child process, and make sure that it wrote what it should.

    Parameters
    ----------
    tool
        ``ik``, ``id`` or ``analyze``.
    setup
        Its setup file; the tool runs in that folder.
    expected
        Files that it has to write: OpenSim reports success after writing nothing.
    timeout_s
        When to give up.

    Raises
    ------
    EngineError
        When it crashes, hangs, says that it failed, or leaves a file out; with its own last words.
    """
    try:
        call_in_child(_run_here, timeout_s, tool, str(setup.resolve()), [str(path.resolve()) for path in expected])
    except EngineError as error:
        function = f"{_run_here.__module__}.{_run_here.__qualname__}"
        raise EngineError(str(error).replace(function, f"OpenSim's {tool} tool")) from error


def _run_here(tool: str, setup: str, expected: Sequence[str]) -> None:
    """Run a tool in this process, where its setup is: it changes the working folder and may end the process."""
    opensim.Logger.setLevelString("Info")
    os.chdir(Path(setup).parent)
    tools = {
        "ik": opensim.InverseKinematicsTool,
        "id": opensim.InverseDynamicsTool,
        "analyze": opensim.AnalyzeTool,
    }
    try:
        done = tools[tool](setup).run()
    except Exception as error:
        raise RuntimeError(reason_of(error)) from error
    missing = [path.name for path in map(Path, expected) if not path.is_file() or path.stat().st_size == 0]
    if missing or not done:
        raise RuntimeError(f"it wrote no {named(missing)}" if missing else "it says that it failed")


def solve_ik(
    model: Model, markers: Markers, weights: Sequence[float], tasks: Mapping[str, tuple[float, Array]], accuracy: float
) -> Array:
    """Inverse kinematics by OpenSim's InverseKinematicsTool, in a child process.

    Parameters
    ----------
    model
        A model that was loaded from an ``.osim`` file.
    markers
        (m) markers to fit, nan where missing.
    weights
        (m) weight of each.
    tasks
        Coordinates that are pulled, by name: weight, and value (T) in rad or m.
    accuracy
        Of OpenSim's solver. Its usual 1e-4 leaves coordinates off by degrees (up to 5.6 on running) although marker
        error hardly changes.

    Returns
    -------
    Array
        (T,n) free coordinates, rad and m.
    """
    with scratch_folder() as where:
        write_trc(where / "markers.trc", markers)
        if tasks:
            table = np.stack([value for _, value in tasks.values()], axis=1)
            write_storage(where / "targets.sto", markers.time_s, list(tasks), table, in_degrees=False)
        setup = where / "setup.xml"
        files = {"model_file": str(model.require_file("OpenSim's inverse kinematics")), "marker_file": "markers.trc"}
        files |= {"output_motion_file": "motion.mot"} | ({"coordinate_file": "targets.sto"} if tasks else {})
        window = float(markers.time_s[0]), float(markers.time_s[-1])
        weight_of = dict(zip(markers.names, map(float, weights), strict=True))
        pulled = {name: (weight, None) for name, (weight, _) in tasks.items()}
        setup.write_text(setups.inverse_kinematics(files, window, weight_of, pulled, accuracy), encoding="utf-8")
        run_tool("ik", setup, [where / "motion.mot"])
        motion = read_storage(where / "motion.mot")
    if len(motion.time_s) != len(markers.time_s):
        raise EngineError(f"OpenSim's ik tool solved {len(motion.time_s)} of {len(markers.time_s)} frames")
    q = np.stack([motion.column(c.name) for c in model.coordinates], axis=1)
    return np.where([c.turns and bool(motion.in_degrees) for c in model.coordinates], np.radians(q), q)
