"""Drives OpenSim's own tools, each in a child process, and reads what they wrote."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from swinglever.arrays import Array
from swinglever.engines.base import Model
from swinglever.engines.opensim.session import working_folder
from swinglever.errors import EngineError
from swinglever.readers.markers import Markers
from swinglever.readers.storage import read_storage, write_storage
from swinglever.readers.trc import write_trc


def run_tool(tool: str, setup: Path, expected: Sequence[Path], timeout_s: float = 3600.0) -> str:
    """Run one of OpenSim's tools and make sure that it wrote what it should.

    Parameters
    ----------
    tool
        ``ik``, ``analyze``, ``id`` or ``scale``.
    setup
        Its setup file; the tool runs in that folder.
    expected
        Files that it has to write: OpenSim reports success after writing nothing.
    timeout_s
        When to give up.

    Returns
    -------
    str
        What it printed and logged.

    Raises
    ------
    EngineError
        When it crashes, hangs, says that it failed, or leaves a file out; with its own last words.
    """
    command = [sys.executable, "-P", str(Path(__file__).with_name("child.py")), tool, setup.name]
    try:
        done = subprocess.run(
            command, cwd=setup.parent, capture_output=True, text=True, errors="replace", timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise EngineError(f"OpenSim's {tool} tool did not finish within {timeout_s:g} s") from error
    words = done.stdout + done.stderr
    missing = [p.name for p in expected if not p.is_file() or p.stat().st_size == 0]
    if done.returncode < 0:
        raise EngineError(f"OpenSim's {tool} tool crashed (signal {-done.returncode}): {_last_words(words)}")
    if done.returncode != 0 or missing:
        lacking = f" and wrote no {missing}" if missing else ""
        raise EngineError(f"OpenSim's {tool} tool failed{lacking}: {_last_words(words)}")
    return words


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
    with working_folder() as folder:
        where = Path(folder)
        write_trc(where / "markers.trc", markers)
        if tasks:
            table = np.stack([value for _, value in tasks.values()], axis=1)
            write_storage(where / "targets.sto", markers.time_s, list(tasks), table, in_degrees=False)
        setup = where / "setup.xml"
        setup.write_text(_ik_setup(model, markers, weights, tasks, accuracy), encoding="utf-8")
        run_tool("ik", setup, [where / "motion.mot"])
        motion = read_storage(where / "motion.mot")
    if len(motion.time_s) != len(markers.time_s):
        raise EngineError(f"OpenSim's ik tool solved {len(motion.time_s)} of {len(markers.time_s)} frames")
    q = np.stack([motion.column(c.name) for c in model.coordinates], axis=1)
    return np.where([c.turns and bool(motion.in_degrees) for c in model.coordinates], np.radians(q), q)


def _ik_setup(
    model: Model, markers: Markers, weights: Sequence[float], tasks: Mapping[str, tuple[float, Array]], accuracy: float
) -> str:
    marker_tasks = "".join(
        f'<IKMarkerTask name="{escape(n)}"><apply>true</apply><weight>{w!r}</weight></IKMarkerTask>'
        for n, w in zip(markers.names, weights, strict=True)
    )
    coordinate_tasks = "".join(
        f'<IKCoordinateTask name="{escape(name)}"><apply>true</apply><weight>{weight!r}</weight>'
        "<value_type>from_file</value_type></IKCoordinateTask>"
        for name, (weight, _) in tasks.items()
    )
    table = "<coordinate_file>targets.sto</coordinate_file>" if tasks else ""
    start, end = float(markers.time_s[0]), float(markers.time_s[-1])
    return (
        '<?xml version="1.0" encoding="UTF-8"?><OpenSimDocument Version="40500"><InverseKinematicsTool name="ik">'
        f"<model_file>{escape(str(Path(model.source).resolve()))}</model_file><constraint_weight>Inf</constraint_weight>"
        f"<accuracy>{accuracy!r}</accuracy><marker_file>markers.trc</marker_file>{table}"
        f"<time_range>{start!r} {end!r}</time_range>"
        "<report_errors>false</report_errors><output_motion_file>motion.mot</output_motion_file>"
        f"<IKTaskSet><objects>{marker_tasks}{coordinate_tasks}</objects></IKTaskSet>"
        "</InverseKinematicsTool></OpenSimDocument>"
    )


def _last_words(text: str) -> str:
    """Give the last line that tells of a failure, and what follows it where it ends in a colon."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [k for k, line in enumerate(lines) if "[error]" in line or "Exception" in line]
    if not telling:
        return lines[-1] if lines else "it said nothing"
    last = telling[-1]
    return " ".join(lines[last : last + 3]) if lines[last].endswith(":") else lines[last]
