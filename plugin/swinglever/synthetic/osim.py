"""Write our own model as an OpenSim 4 file, with its meshes and the setup that solves its inverse kinematics."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from swinglever.synthetic.actuators import Muscle, PathPoint, build_muscles
from swinglever.synthetic.joints import Coordinate, Joint, Marker, build_joints, build_markers
from swinglever.synthetic.segments import Body, build_bodies
from swinglever.synthetic.shapes import Skin, build_skins, to_wavefront
from swinglever.synthetic.tables import Array, length_scale, read_table

DEFAULT_STATURE_M = 1.77
"""Mean of the 23 runners of ``running_norms.toml``."""

DEFAULT_MASS_KG = 70.6
"""Mean of the 23 runners of ``running_norms.toml``."""

_CREDITS = (
    "swinglever's own model; tables and their sources: runner_segments, runner_muscles, runner_markers, runner_shapes"
)
_SKIN_COLOUR = "0.86 0.76 0.68"
_MUSCLE_COLOUR = "0.8 0.1 0.1"


def write_runner(folder: Path, stature_m: float = DEFAULT_STATURE_M, mass_kg: float = DEFAULT_MASS_KG) -> Path:
    """Write ``runner.osim`` and its ``Geometry`` for a runner of this stature and mass; the same bytes every time.

    Parameters
    ----------
    folder
        Where to write; made if it does not exist.
    stature_m, mass_kg
        Size of the runner.

    Returns
    -------
    Path
        The model file.

    Raises
    ------
    InputError
        When stature or mass are no person's.
    """
    text = runner_xml(stature_m, mass_kg)
    geometry = folder / "Geometry"
    geometry.mkdir(parents=True, exist_ok=True)
    for skin in build_skins():
        (geometry / _mesh_name(skin)).write_text(to_wavefront(skin), encoding="utf-8")
    path = folder / "runner.osim"
    path.write_text(text, encoding="utf-8")
    return path


def runner_xml(stature_m: float = DEFAULT_STATURE_M, mass_kg: float = DEFAULT_MASS_KG) -> str:
    """Text of the OpenSim 4 file of a runner of this stature and mass."""
    document = Element("OpenSimDocument", Version="40000")
    model = SubElement(document, "Model", name="runner")
    _text(model, "credits", _CREDITS)
    _text(model, "length_units", "meters")
    _text(model, "force_units", "N")
    _text(model, "gravity", "0 -9.80665 0")
    joints = build_joints(stature_m)
    scale = length_scale(read_table("runner_shapes.toml"), stature_m)
    _bodies(_set(model, "BodySet"), build_bodies(stature_m, mass_kg), build_skins(), scale)
    for joint in joints:
        _joint(_objects(model, "JointSet"), joint)
    for muscle in build_muscles(stature_m, mass_kg):
        _muscle(_objects(model, "ForceSet"), muscle, joints)
    for marker in build_markers(stature_m):
        _marker(_objects(model, "MarkerSet"), marker)
    return _to_text(document)


def ik_setup_xml(trial: str, model: str, start_s: float, end_s: float) -> str:
    """Text of an inverse kinematics setup for a trial of this model, both named relative to the setup."""
    document = Element("OpenSimDocument", Version="40000")
    tool = SubElement(document, "InverseKinematicsTool", name="runner")
    for name, value in (("model_file", model), ("marker_file", trial), ("time_range", f"{start_s:g} {end_s:g}")):
        _text(tool, name, value)
    # 1e-6: looser accuracies leave degrees of error in the knee (see the documentation on inverse kinematics).
    for name, value in (("constraint_weight", "Inf"), ("accuracy", "1e-06"), ("report_errors", "true")):
        _text(tool, name, value)
    tasks = SubElement(SubElement(tool, "IKTaskSet"), "objects")
    for marker in build_markers(DEFAULT_STATURE_M):
        task = SubElement(tasks, "IKMarkerTask", name=marker.name)
        _text(task, "apply", "true")
        _text(task, "weight", _number(marker.weight))
    return _to_text(document)


def _to_text(document: Element) -> str:
    ElementTree.indent(document, space="\t")
    return '<?xml version="1.0" encoding="UTF-8" ?>\n' + ElementTree.tostring(document, encoding="unicode") + "\n"


def _text(parent: Element, tag: str, text: str) -> Element:
    element = SubElement(parent, tag)
    element.text = text
    return element


def _number(value: float) -> str:
    """Nine significant digits: far below a micrometre, and equal on every machine."""
    return f"{value + 0.0:.9g}"


def _numbers(values: Sequence[float] | Array) -> str:
    return " ".join(_number(float(value)) for value in values)


def _set(model: Element, tag: str) -> Element:
    return SubElement(SubElement(model, tag, name=tag.lower()), "objects")


def _objects(model: Element, tag: str) -> Element:
    found = model.find(f"{tag}/objects")
    return _set(model, tag) if found is None else found


def _mesh_name(skin: Skin) -> str:
    return f"runner_{skin.name}.obj"


def _bodies(parent: Element, bodies: Sequence[Body], skins: Sequence[Skin], scale: float) -> None:
    for body in bodies:
        element = SubElement(parent, "Body", name=body.name)
        geometry = SubElement(element, "attached_geometry")
        for skin in skins:
            if skin.body == body.name:
                _mesh(geometry, skin, scale)
        tensor = body.inertia_kg_m2
        _text(element, "mass", _number(body.mass_kg))
        _text(element, "mass_center", _numbers(body.centre_m))
        _text(element, "inertia", _numbers([*np.diag(tensor), tensor[0, 1], tensor[0, 2], tensor[1, 2]]))


def _mesh(parent: Element, skin: Skin, scale: float) -> None:
    mesh = SubElement(parent, "Mesh", name=skin.name)
    _text(mesh, "socket_frame", "..")
    _text(mesh, "scale_factors", _numbers([scale] * 3))
    look = SubElement(mesh, "Appearance")
    _text(look, "opacity", "1")
    _text(look, "color", _SKIN_COLOUR)
    _text(mesh, "mesh_file", _mesh_name(skin))


def _joint(parent: Element, joint: Joint) -> None:
    element = SubElement(parent, "CustomJoint", name=joint.name)
    _text(element, "socket_parent_frame", f"{joint.parent}_offset")
    _text(element, "socket_child_frame", f"{joint.child}_offset")
    coordinates = SubElement(element, "coordinates")
    for coordinate in joint.coordinates:
        _coordinate(coordinates, coordinate)
    frames = SubElement(element, "frames")
    _offset_frame(frames, joint.parent, joint.at_m)
    _offset_frame(frames, joint.child, np.zeros(3))
    transform = SubElement(element, "SpatialTransform")
    turns = [c for c in joint.coordinates if c.rotational]
    shifts = [c for c in joint.coordinates if not c.rotational]
    _axes(transform, "rotation", turns)
    _axes(transform, "translation", shifts)


def _offset_frame(parent: Element, body: str, at_m: Array) -> None:
    frame = SubElement(parent, "PhysicalOffsetFrame", name=f"{body}_offset")
    _text(frame, "socket_parent", "/ground" if body == "ground" else f"/bodyset/{body}")
    _text(frame, "translation", _numbers(at_m))
    _text(frame, "orientation", "0 0 0")


def _coordinate(parent: Element, coordinate: Coordinate) -> None:
    element = SubElement(parent, "Coordinate", name=coordinate.name)
    _text(element, "default_value", _number(coordinate.default))
    _text(element, "range", _numbers([coordinate.low, coordinate.high]))
    _text(element, "clamped", str(coordinate.clamped).lower())
    _text(element, "locked", str(coordinate.locked).lower())


def _axes(parent: Element, kind: str, coordinates: Sequence[Coordinate]) -> None:
    for number, axis in enumerate(_three_axes([c.axis for c in coordinates]), start=1):
        element = SubElement(parent, "TransformAxis", name=f"{kind}{number}")
        if number <= len(coordinates):
            _text(element, "coordinates", coordinates[number - 1].name)
        _text(element, "axis", _numbers(axis))
        function = SubElement(element, "function")
        if number <= len(coordinates):
            _text(SubElement(function, "LinearFunction", name="function"), "coefficients", "1 0")
        else:
            _text(SubElement(function, "Constant", name="function"), "value", "0")


def _three_axes(given: Sequence[Array]) -> list[Array]:
    """The given axes, made up to three that are not coplanar: OpenSim refuses a transform whose axes are."""
    axes = list(given)
    for spare in np.eye(3)[[1, 0, 2]]:
        if len(axes) < 3 and np.linalg.matrix_rank(np.array([*axes, spare]), tol=0.5) == len(axes) + 1:
            axes.append(spare)
    return axes


def _muscle(parent: Element, muscle: Muscle, joints: Sequence[Joint]) -> None:
    element = SubElement(parent, "Millard2012EquilibriumMuscle", name=muscle.name)
    path = SubElement(element, "GeometryPath", name="geometrypath")
    points = SubElement(SubElement(path, "PathPointSet"), "objects")
    for number, point in enumerate(muscle.path, start=1):
        _path_point(points, f"{muscle.name}-P{number}", point, joints)
    _text(SubElement(path, "Appearance"), "color", _MUSCLE_COLOUR)
    for name, value in (
        ("max_isometric_force", muscle.max_force_n),
        ("optimal_fiber_length", muscle.optimal_fibre_m),
        ("tendon_slack_length", muscle.tendon_slack_m),
        ("pennation_angle_at_optimal", muscle.pennation_rad),
        ("max_contraction_velocity", muscle.max_contraction_velocity),
    ):
        _text(element, name, _number(value))
    # OpenSim's default, 0.1, is refused by its own muscle with fibre damping, at length, for every muscle.
    curve = SubElement(element, "ActiveForceLengthCurve", name=f"{muscle.name}_ActiveForceLengthCurve")
    _text(curve, "minimum_value", "0")
    passive = SubElement(element, "FiberForceLengthCurve", name=f"{muscle.name}_FiberForceLengthCurve")
    for name, value in zip(("strain_at_zero_force", "strain_at_one_norm_force"), muscle.passive_strain, strict=True):
        _text(passive, name, _number(value))


def _path_point(parent: Element, name: str, point: PathPoint, joints: Sequence[Joint]) -> None:
    element = SubElement(parent, "PathPoint" if point.coordinate is None else "MovingPathPoint", name=name)
    _text(element, "socket_parent_frame", f"/bodyset/{point.body}")
    if point.coordinate is None:
        _text(element, "location", _numbers(point.polynomial_m[:, 0]))
        return
    joint = next(j.name for j in joints if point.coordinate in [c.name for c in j.coordinates])
    for axis in "xyz":
        _text(element, f"socket_{axis}_coordinate", f"/jointset/{joint}/{point.coordinate}")
    for axis, powers in zip("xyz", point.polynomial_m, strict=True):
        function = SubElement(SubElement(element, f"{axis}_location"), "PolynomialFunction")
        # OpenSim writes the highest power first.
        _text(function, "coefficients", _numbers(powers[::-1]))


def _marker(parent: Element, marker: Marker) -> None:
    element = SubElement(parent, "Marker", name=marker.name)
    _text(element, "socket_parent_frame", f"/bodyset/{marker.body}")
    _text(element, "location", _numbers(marker.at_m))
    _text(element, "fixed", "false")
