"""Setups of OpenSim's ScaleTool: made from a table of measurement pairs, or taken from a file; paths made absolute."""

import xml.etree.ElementTree as ET
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from swinglever.engines.opensim.scale_tool import FACTORS, PLACED, POSE, SCALED
from swinglever.errors import InputError, named
from swinglever.readers.opensim_xml import find_tool, parse_xml, path_of, text_of
from swinglever.records.trial import Markers
from swinglever.system.resources import model_table


def setup_from_file(path: Path) -> ET.Element:
    """Return the ``ScaleTool`` element of a setup file."""
    return find_tool(path, parse_xml(path), "ScaleTool")


def setup_from_pairs(static: Markers, model: Path) -> tuple[ET.Element, str]:
    """Make a setup for the marker set of a static trial, from the table of measurement pairs.

    Every marker that model and trial share is then placed where the trial has it, in the pose that fits those of the
    pairs best: they sit on bone, where the generic model knows the others only roughly.

    Returns
    -------
    setup
        A ``ScaleTool`` element.
    marker_set
        Name of the marker set in the table.
    """
    table = model_table("measurement_pairs.toml")
    chosen = _marker_set(table["marker_set"], static)
    bodies, known = names_in_model(model, "Body"), set(static.names) & names_in_model(model, "Marker")
    tool = ET.Element("ScaleTool", name=static.path.stem)
    scaler = _under(tool, "ModelScaler", apply="true", scaling_order="measurements", preserve_mass_distribution="true")
    objects = ET.SubElement(ET.SubElement(scaler, "MeasurementSet"), "objects")
    for name, content in chosen["measurements"].items():
        pairs = [pair for pair in content["pairs"] if set(pair) <= known]
        own = [body for body in content["bodies"] if body in bodies]
        if pairs and own:
            _measurement(objects, name, pairs, own)
    if not len(objects):
        own = sorted(names_in_model(model, "Marker"))
        raise InputError(
            f"{model}: expected markers of the set {chosen['name']!r}, as the static trial has them "
            f"({named(chosen['recognise'])}), got {named(own) if own else 'none'}; give the generic model that comes "
            "with this set, or a setup whose marker_set_file adds its markers (--setup)"
        )
    landmarks = {name for pair in pairs_of(tool) for name in pair}
    placer = _under(tool, "MarkerPlacer", apply="true", max_marker_movement="-1")
    tasks = ET.SubElement(ET.SubElement(placer, "IKTaskSet"), "objects")
    for name in sorted(known):
        weight = "10" if name in landmarks else "0.1"
        _under(tasks, "IKMarkerTask", apply="true", weight=weight).set("name", name)
    return tool, str(chosen["name"])


def _marker_set(sets: Sequence[dict[str, Any]], static: Markers) -> dict[str, Any]:
    for candidate in sets:
        if set(candidate["recognise"]) <= set(static.names):
            return candidate
    known = "; ".join(f"{c['name']} with {named(c['recognise'])}" for c in sets)
    raise InputError(
        f"{static.path}: its markers {named(static.names)} are of none of the known sets: {known}; "
        "scale with a ScaleTool setup instead (--setup)"
    )


def _measurement(parent: ET.Element, name: str, pairs: Sequence[Sequence[str]], bodies: Sequence[str]) -> None:
    measurement = _under(parent, "Measurement", apply="true")
    measurement.set("name", name)
    pair_objects = ET.SubElement(ET.SubElement(measurement, "MarkerPairSet"), "objects")
    for pair in pairs:
        _under(pair_objects, "MarkerPair", markers=" ".join(pair))
    body_objects = ET.SubElement(ET.SubElement(measurement, "BodyScaleSet"), "objects")
    for body in bodies:
        _under(body_objects, "BodyScale", axes="X Y Z").set("name", body)


def _under(parent: ET.Element, tag: str, **children: str) -> ET.Element:
    """Add an element with text children."""
    element = ET.SubElement(parent, tag)
    for child, text in children.items():
        ET.SubElement(element, child).text = text
    return element


def complete_setup(
    tool: ET.Element, source: Path, model: Path, static_trc: Path, static: Markers, mass_kg: float | None
) -> float:
    """Fill in what a run needs, in place: absolute inputs, the outputs' names, times inside the trial, the mass.

    Parameters
    ----------
    tool
        The ``ScaleTool`` element.
    source
        File that relative paths in it start from.
    model, static_trc
        Generic model and static trial.
    static
        The trial's content, for its times.
    mass_kg
        Mass of the body; None for the setup's own.

    Returns
    -------
    mass_kg
        The mass that the model will have.
    """
    maker = tool.find("GenericModelMaker")
    maker = ET.SubElement(tool, "GenericModelMaker") if maker is None else maker
    marker_set = path_of(source, maker, "marker_set_file")
    _set(maker, "model_file", str(model.resolve()))
    _set(maker, "marker_set_file", "Unassigned" if marker_set is None else str(marker_set.resolve()))
    outputs = {"ModelScaler": {"output_model_file": SCALED, "output_scale_file": FACTORS}}
    outputs["MarkerPlacer"] = {
        "output_model_file": PLACED,
        "output_motion_file": POSE,
        "output_marker_file": "Unassigned",
    }
    for tag, files in outputs.items():
        step = tool.find(tag)
        if step is None:
            raise InputError(f"{source}: the ScaleTool has no <{tag}>")
        for key, value in files.items():
            _set(step, key, value)
        _set(step, "marker_file", str(static_trc.resolve()))
        _set(step, "time_range", _times_inside(source, text_of(step, "time_range"), static))
        coordinates = path_of(source, step, "coordinate_file")
        _set(step, "coordinate_file", "Unassigned" if coordinates is None else str(coordinates.resolve()))
    mass = _mass(source, text_of(tool, "mass", "-1")) if mass_kg is None else mass_kg
    if not mass > 0:
        raise InputError(f"{source}: no body mass; give it with --mass")
    _set(tool, "mass", repr(float(mass)))
    return float(mass)


def _mass(source: Path, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{source}: expected a number in <mass>, got {text[:40]!r}") from None


def _times_inside(source: Path, stated: str, static: Markers) -> str:
    """Return the part of a stated range that the trial covers; all of the trial where none is stated."""
    first, last = float(static.time_s[0]), float(static.time_s[-1])
    try:
        start, end = (float(word) for word in stated.split()) if stated else (first, last)
    except ValueError:
        raise InputError(f"{source}: expected two numbers in <time_range>, got {stated[:40]!r}") from None
    if start > last or end < first:
        raise InputError(f"{source}: <time_range> {stated} lies outside the static trial, {first:g} to {last:g} s")
    return f"{max(start, first)!r} {min(end, last)!r}"


def _set(parent: ET.Element, tag: str, text: str) -> None:
    child = parent.find(tag)
    child = ET.SubElement(parent, tag) if child is None else child
    child.text = text


def pairs_of(tool: ET.Element) -> list[tuple[str, ...]]:
    """Marker pairs of every applied measurement of a setup."""
    applied = [m for m in tool.iter("Measurement") if text_of(m, "apply", "true").lower() == "true"]
    return [tuple(text_of(pair, "markers").split()) for m in applied for pair in m.iter("MarkerPair")]


def names_in_model(model: Path, tag: str) -> set[str]:
    """Names of the elements of one kind (``Marker``, ``Body``) in a model file."""
    return {name for element in parse_xml(model).iter(tag) if (name := element.get("name"))}


def require_markers(pairs: Collection[tuple[str, ...]], static: Markers, model_markers: Collection[str]) -> None:
    """Raise when a pair names a marker that the static trial or the model lacks, naming all of them."""
    wanted = sorted({name for pair in pairs for name in pair})
    absent = {str(static.path): [n for n in wanted if n not in static.names]}
    absent["the generic model"] = [n for n in wanted if n not in model_markers]
    lacking = [f"{where} lacks {named(names)}" for where, names in absent.items() if names]
    if lacking:
        raise InputError(f"the measurements of the setup need markers that are not there: {'; '.join(lacking)}")
