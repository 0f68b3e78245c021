"""Setup files of OpenSim's inverse kinematics tool: which markers and coordinates to follow, and how strictly."""

import math
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import InputError
from swinglever.readers.opensim_xml import find_tool, flag_of, number_of, parse_xml, path_of, text_of
from swinglever.records.trial import CoordinateTask, IKTasks

_ROUNDED_S = 0.01
"""Setups round their range, as to a hundredth of a second."""
_SOURCES = ("default_value", "manual_value", "from_file")


@dataclass(frozen=True, kw_only=True)
class IKSetup:
    """What an inverse kinematics setup asks for; tasks that it does not apply are left out.

    Attributes
    ----------
    path
        The setup file.
    tasks
        What it applies.
    marker_file, model_file, coordinate_file
        From the folder of the setup file; None when not named. They need not exist.
    time_range
        First and last time in s; infinite where open.
    accuracy
        Of OpenSim's solver.
    constraint_weight
        Infinite when constraints are to hold strictly.
    """

    path: Path
    tasks: IKTasks
    marker_file: Path | None
    model_file: Path | None
    coordinate_file: Path | None
    time_range: tuple[float, float]
    accuracy: float
    constraint_weight: float

    def not_followed(self, time_s: Array) -> tuple[str, ...]:
        """What it asks for and is not done, for a trial at times (T) that is analysed whole."""
        told, (start, end) = list[str](), self.time_range
        if from_file := [task.name for task in self.tasks.coordinate_tasks if task.source == "from_file"]:
            told.append(f"tasks of coordinates from a file are not followed: {', '.join(from_file[:5])}")
        if np.count_nonzero((time_s < start - _ROUNDED_S) | (time_s > end + _ROUNDED_S)):
            told.append(f"its time range, {start:g} to {end:g} s, is not followed: say --start and --end")
        return tuple(f"{self.path.name}: {text}" for text in told)


def read_ik_setup(path: str | Path) -> IKSetup:
    """Read the setup of an ``InverseKinematicsTool`` (OpenSim 3 and 4) or ``IKTool`` (OpenSim 1 and 2).

    Raises
    ------
    MissingFileError, InputError
        When the file is missing, is not such a setup, or applies no task.
    """
    path = Path(path)
    tool = find_tool(path, parse_xml(path), "InverseKinematicsTool", "IKTool")
    trial = tool.find(".//IKTrial")  # OpenSim 1 and 2 kept files and times in a trial below the tool
    source = tool if trial is None else trial
    weights = _marker_weights(path, tool)
    tasks = tuple(_coordinate_task(path, e) for e in tool.iter("IKCoordinateTask") if flag_of(path, e, "apply", True))
    if not weights and not tasks:
        raise InputError(f"{path}: no applied <IKMarkerTask> or <IKCoordinateTask>")
    return IKSetup(
        path=path,
        tasks=IKTasks(marker_weights=weights, coordinate_tasks=tasks),
        marker_file=path_of(path, source, "marker_file"),
        model_file=path_of(path, tool, "model_file"),
        coordinate_file=path_of(path, source, "coordinate_file"),
        time_range=_time_range(path, source),
        accuracy=number_of(path, tool, "accuracy", 1e-5),
        constraint_weight=number_of(path, tool, "constraint_weight", math.inf),
    )


def _marker_weights(path: Path, tool: ET.Element) -> dict[str, float]:
    weights: dict[str, float] = {}
    for element in tool.iter("IKMarkerTask"):
        if not flag_of(path, element, "apply", True):
            continue
        name = _name(path, element)
        if name in weights:
            raise InputError(f"{path}: two applied tasks for marker {name!r}; remove one")
        weights[name] = _weight(path, element)
    return weights


def _coordinate_task(path: Path, element: ET.Element) -> CoordinateTask:
    source = text_of(element, "value_type", "default_value")
    if source not in _SOURCES:
        raise InputError(f"{path}: expected <value_type> to be one of {_SOURCES}, got {source!r}")
    value = number_of(path, element, "value", 0.0)
    if not math.isfinite(value):
        raise InputError(f"{path}: task {element.get('name')!r} has value {value}; expected a number, in rad or m")
    return CoordinateTask(name=_name(path, element), weight=_weight(path, element), source=source, value=value)


def _weight(path: Path, element: ET.Element) -> float:
    weight = number_of(path, element, "weight", 0.0)  # OpenSim's default weight is 0
    if not 0 <= weight < math.inf:
        raise InputError(
            f"{path}: task {element.get('name')!r} has weight {weight}; expected zero or a positive number"
        )
    return weight


def _name(path: Path, element: ET.Element) -> str:
    name = (element.get("name") or "").strip()
    if not name:
        raise InputError(f"{path}: an <{element.tag}> has no name")
    return name


def _time_range(path: Path, tool: ET.Element) -> tuple[float, float]:
    text = text_of(tool, "time_range", "-Inf Inf")
    try:
        start, end = (float(word) for word in text.split())
    except ValueError:
        raise InputError(f"{path}: expected two numbers in <time_range>, got {text[:40]!r}") from None
    if not start < end:
        raise InputError(f"{path}: <time_range> ends at {end:g} s, not after its start at {start:g} s")
    return start, end
