"""ExternalLoads: which columns of a force file act on which body; the body, not the column, gives the side."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from swinglever.errors import InputError
from swinglever.readers.opensim_xml import find_tool, flag_of, number_of, parse_xml, path_of, text_of


@dataclass(frozen=True, kw_only=True)
class ExternalForce:
    """One force and where it acts.

    Attributes
    ----------
    name
        Its name in the file.
    applied_to_body
        The body, as ``calcn_r``.
    force_identifier, point_identifier, torque_identifier
        Column labels without their last letter: ``ground_force_v`` stands for ``ground_force_vx`` to ``z``.
        Empty when the force has none.
    force_expressed_in_body, point_expressed_in_body
        Frames of the columns; ``ground`` as a rule.
    """

    name: str
    applied_to_body: str
    force_identifier: str
    point_identifier: str
    torque_identifier: str
    force_expressed_in_body: str
    point_expressed_in_body: str


@dataclass(frozen=True, kw_only=True)
class ExternalLoads:
    """Every enabled force of an ExternalLoads file.

    Attributes
    ----------
    path
        The file.
    forces
        The enabled forces.
    datafile
        Table of the forces, from the folder of the file; None when not named. It need not exist.
    switched_off
        Names of the forces that it holds and switches off.
    lowpass_hz
        Cut-off that the file asks for when kinematics of the loads are filtered; None for none.
    """

    path: Path
    forces: tuple[ExternalForce, ...]
    datafile: Path | None
    lowpass_hz: float | None
    switched_off: tuple[str, ...] = ()


def read_external_loads(path: str | Path) -> ExternalLoads:
    """Read an ExternalLoads file (OpenSim 2.3 and later).

    Raises
    ------
    MissingFileError, InputError
        When the file is missing, is no such file, or enables no force.
    """
    path = Path(path)
    loads = find_tool(path, parse_xml(path), "ExternalLoads")
    objects = loads.find("objects")  # not .iter(): <defaults> may hold an ExternalForce that is none of the loads
    held = [] if objects is None else objects.findall("ExternalForce")
    elements = [element for element in held if _enabled(path, element)]
    if not elements:
        raise InputError(f"{path}: no enabled <ExternalForce> in <ExternalLoads>")
    lowpass_hz = number_of(path, loads, "lowpass_cutoff_frequency_for_load_kinematics", -1.0)
    return ExternalLoads(
        path=path,
        forces=tuple(_force(path, element) for element in elements),
        datafile=path_of(path, loads, "datafile") or path_of(path, elements[0], "data_source_name"),
        lowpass_hz=lowpass_hz if lowpass_hz > 0 else None,
        switched_off=tuple((element.get("name") or "").strip() for element in held if element not in elements),
    )


def _enabled(path: Path, element: ET.Element) -> bool:
    """Whether the force is on: ``isDisabled`` until OpenSim 3, ``appliesForce`` since 4."""
    return flag_of(path, element, "appliesForce", True) and not flag_of(path, element, "isDisabled", False)


def _force(path: Path, element: ET.Element) -> ExternalForce:
    name = (element.get("name") or "").strip()
    body = text_of(element, "applied_to_body")
    identifier = text_of(element, "force_identifier")
    if not body or body.lower() == "unassigned":
        raise InputError(f"{path}: force {name!r} does not say <applied_to_body>; expected a body such as calcn_r")
    if not identifier or identifier.lower() == "unassigned":
        raise InputError(f"{path}: force {name!r} does not say <force_identifier>; expected the columns' common start")
    return ExternalForce(
        name=name,
        applied_to_body=body,
        force_identifier=identifier,
        point_identifier=_assigned(text_of(element, "point_identifier")),
        torque_identifier=_assigned(text_of(element, "torque_identifier")),
        force_expressed_in_body=_assigned(text_of(element, "force_expressed_in_body")) or "ground",
        point_expressed_in_body=_assigned(text_of(element, "point_expressed_in_body")) or "ground",
    )


def _assigned(text: str) -> str:
    return "" if text.lower() == "unassigned" else text
