"""Turns an OpenSim model file into arrays: its joints, masses, markers and coordinates."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import opensim

from swinglever.anatomy.legs import find_legs, told_by_structure
from swinglever.anatomy.model import Coordinate, MarkerSite, Model
from swinglever.anatomy.multibody.joint_functions import JointFunctions, straight_line
from swinglever.anatomy.multibody.spatial import rotation
from swinglever.anatomy.multibody.tree import MassProperties, Tree
from swinglever.anatomy.musculature import Musculature
from swinglever.anatomy.piecewise import Piecewise, Polynomial
from swinglever.arrays import Array
from swinglever.engines.opensim.functions import to_polynomial
from swinglever.engines.opensim.geometry import list_geometry_folders, read_bone_meshes
from swinglever.engines.opensim.muscle_paths import read_paths
from swinglever.engines.opensim.muscles import read_muscles
from swinglever.engines.opensim.session import open_model, reason_of
from swinglever.errors import ModelError, SwingleverError, named

_Row = tuple[int, Polynomial]
"""A coordinate, and the function of it that something follows."""
_X, _Y, _Z = np.eye(3)
_SIMPLE_JOINTS: dict[str, list[tuple[bool, Array]]] = {
    # (slides, axis) of each coordinate, in the order in which OpenSim chains them; Free and Planar are below.
    "WeldJoint": [],
    "PinJoint": [(False, _Z)],
    "SliderJoint": [(True, _X)],
    "UniversalJoint": [(False, _X), (False, _Y)],
    "GimbalJoint": [(False, _X), (False, _Y), (False, _Z)],
    "BallJoint": [(False, _X), (False, _Y), (False, _Z)],
}


def load_model(path: str | Path) -> Model:
    """Load any ``.osim`` file.

    Parameters
    ----------
    path
        The model file. Controllers in it do not matter here.

    Returns
    -------
    Model
        Its free coordinates keep the model's own names, order and signs; coordinates that a coupler makes follow others
        are reduced away. Muscles that cannot be used do not forbid the model: it says why it has none.

    Raises
    ------
    MissingFileError, ModelError
        When there is no such file, OpenSim cannot read it, or it has a joint or constraint that is not a tree of known
        joints with coordinate couplers.
    """
    native = open_model(path)
    try:
        native.initSystem()
    except Exception as error:
        raise ModelError(f"OpenSim cannot build the model '{path}': {reason_of(error)}") from error
    try:
        return _model_of(native, path)
    except SwingleverError:
        raise
    except RuntimeError as error:  # a part that OpenSim builds without, and misses when it is asked for
        raise ModelError(f"OpenSim cannot tell what the model '{path}' holds: {reason_of(error)}") from error
    except ValueError as error:  # numbers that no function has, as of a spline without points
        raise ModelError(f"OpenSim cannot load the model '{path}': {error}") from error


def _model_of(native: Any, path: str | Path) -> Model:
    """Give what a model that OpenSim has built holds."""
    coordinates = [native.getCoordinateSet().get(i) for i in range(native.getCoordinateSet().getSize())]
    names = tuple(c.getName() for c in coordinates)
    if not names:
        raise ModelError(f"expected a model with coordinates, '{path}' has none")
    couplers, free = _couplers(native, coordinates, names)
    builder = _Builder(names=names)
    _add_joints(builder, native)
    body_names = tuple(builder.bodies)
    tree = builder.tree(couplers)
    records = tuple(_coordinate(coordinates[i]) for i in free)
    musculature, no_muscles = _musculature(native, Path(path).resolve(), names, body_names)
    surfaces, missing = read_bone_meshes(native, list_geometry_folders(Path(path)))
    unseen = f"{len(missing)} bone meshes not found, plain bones stand in (analysis unaffected)"
    legs = find_legs(tree, records, body_names)
    return Model(
        name=native.getName() or Path(path).stem,
        engine="opensim",
        tree=tree,
        masses=_masses(native, body_names),
        gravity=native.getGravity().to_numpy(),
        coordinates=records,
        all_coordinate_names=names,
        body_names=body_names,
        markers=_markers(native, body_names),
        legs=legs,
        musculature=musculature,
        no_muscles=no_muscles,
        surfaces=surfaces,
        doubts=(
            *((unseen,) if missing else ()),
            *_switched_off(native),
            *told_by_structure(legs, records, body_names),
        ),
        file=Path(path).resolve(),
        sha256=hashlib.sha256(Path(path).read_bytes()).hexdigest(),
    )


def _musculature(
    native: Any, file: Path, coordinates: tuple[str, ...], bodies: tuple[str, ...]
) -> tuple[Musculature | None, str]:
    """Give the muscles, or None and why there are none that can be used."""
    try:
        muscles = read_muscles(native)
        if not muscles.names:
            return None, "expected a model with muscles, this one has none"
        return Musculature(paths=read_paths(native, file, coordinates, bodies), muscles=muscles), ""
    except ModelError as error:
        return None, str(error)


def _switched_off(native: Any) -> list[str]:
    """Say which muscles the model switches off: they pull here all the same."""
    muscles = [native.getMuscles().get(i) for i in range(native.getMuscles().getSize())]
    off = [muscle.getName() for muscle in muscles if not muscle.get_appliesForce()]
    return [f"{len(off)} muscles are switched off in the model and are used all the same: {named(off)}"] if off else []


def _coordinate(native: Any) -> Coordinate:
    return Coordinate(
        name=native.getName(),
        turns=native.getMotionType() == opensim.Coordinate.Rotational,
        minimum=native.getRangeMin(),
        maximum=native.getRangeMax(),
        default=native.getDefaultValue(),
        clamped=native.getDefaultClamped(),
        locked=native.getDefaultLocked() or native.getDefaultIsPrescribed(),
    )


def _couplers(native: Any, coordinates: list[Any], names: tuple[str, ...]) -> tuple[JointFunctions, list[int]]:
    """Give the map from free coordinates to all of them, and the indices of the free ones."""
    follows: dict[int, _Row] = {}
    for i in range(native.getConstraintSet().getSize()):
        constraint = native.getConstraintSet().get(i)
        if not constraint.get_isEnforced():
            continue
        coupler = opensim.CoordinateCouplerConstraint.safeDownCast(constraint)
        kind = constraint.getConcreteClassName()
        if coupler is None or coupler.getIndependentCoordinateNames().getSize() != 1:
            raise ModelError(
                f"expected only couplers of two coordinates as constraints, got {kind} {constraint.getName()!r}; "
                "switch it off (isEnforced false) if it does not matter for the legs"
            )
        dependent = names.index(coupler.getDependentCoordinateName())
        leader = names.index(coupler.getIndependentCoordinateNames().get(0))
        low, high = coordinates[leader].getRangeMin(), coordinates[leader].getRangeMax()
        function = to_polynomial(coupler.getFunction(), low, high)
        scale = float(coupler.getPropertyByName("scale_factor").toString())
        follows[dependent] = (leader, Polynomial(function.c * scale, function.x))
    chained = [names[d] for d, (leader, _) in follows.items() if leader in follows]
    if chained:
        raise ModelError(f"expected coupled coordinates to follow a free one, got chains at {chained}")
    free = [i for i in range(len(names)) if i not in follows]
    position = {index: k for k, index in enumerate(free)}
    rows = [follows.get(i, (i, straight_line(1.0, 0.0))) for i in range(len(names))]
    source = np.array([position[leader] for leader, _ in rows])
    return JointFunctions(source=source, functions=tuple(f for _, f in rows), n_sources=len(free)), free


@dataclass(kw_only=True)
class _Builder:
    """The tree while it grows."""

    names: tuple[str, ...]
    parent: list[int] = field(default_factory=list)
    fixed: list[tuple[Array, Array]] = field(default_factory=list)
    axis: list[Array] = field(default_factory=list)
    slides: list[bool] = field(default_factory=list)
    source: list[int] = field(default_factory=list)
    functions: list[Polynomial] = field(default_factory=list)
    bodies: dict[str, tuple[int, Array, Array]] = field(default_factory=dict)

    def add(self, carrier: int, fixed: tuple[Array, Array], slides: bool, axis: Array, row: _Row) -> int:
        self.parent.append(carrier)
        self.fixed.append(fixed)
        self.axis.append(axis / np.linalg.norm(axis))
        self.slides.append(slides)
        self.source.append(row[0])
        self.functions.append(row[1])
        return len(self.parent) - 1

    def tree(self, couplers: JointFunctions) -> Tree:
        joints = JointFunctions(
            source=np.array(self.source), functions=tuple(self.functions), n_sources=len(couplers.functions)
        )
        return Tree(
            parent=np.array(self.parent),
            fixed_rotation=np.array([r for r, _ in self.fixed]),
            fixed_position=np.array([p for _, p in self.fixed]),
            axis=np.array(self.axis),
            slides=np.array(self.slides),
            body_joint=np.array([j for j, _, _ in self.bodies.values()]),
            body_rotation=np.array([r for _, r, _ in self.bodies.values()]),
            body_position=np.array([p for _, _, p in self.bodies.values()]),
            couplers=couplers,
            joints=joints,
        )


def _add_joints(builder: _Builder, native: Any) -> None:
    """Add the joints, each once its parent body is there."""
    waiting = [native.getJointSet().get(i) for i in range(native.getJointSet().getSize())]
    placed: dict[str, tuple[int, Array, Array]] = {"ground": (-1, np.eye(3), np.zeros(3))}
    while waiting:
        ready = [j for j in waiting if j.getParentFrame().findBaseFrame().getName() in placed]
        if not ready:
            raise ModelError(
                f"expected bodies joined to ground, got loose joints {named(j.getName() for j in waiting)}"
            )
        for joint in ready:
            child = joint.getChildFrame().findBaseFrame().getName()
            placed[child] = _add_joint(builder, joint, placed[joint.getParentFrame().findBaseFrame().getName()])
            builder.bodies[child] = placed[child]
        waiting = [j for j in waiting if j.getName() not in {r.getName() for r in ready}]


def _add_joint(builder: _Builder, joint: Any, parent: tuple[int, Array, Array]) -> tuple[int, Array, Array]:
    carrier, rotation, position = parent
    fixed_rotation, fixed_position = _transform(joint.getParentFrame().findTransformInBaseFrame())
    fixed = (rotation @ fixed_rotation, rotation @ fixed_position + position)
    for slides, axis, row, offset in _elements(builder.names, joint):
        if row is None:
            fixed = _shift(fixed, slides, axis, offset)
            continue
        carrier = builder.add(carrier, fixed, slides, axis, row)
        fixed = (np.eye(3), np.zeros(3))
    child_rotation, child_position = _transform(joint.getChildFrame().findTransformInBaseFrame())
    return carrier, fixed[0] @ child_rotation.T, fixed[1] - fixed[0] @ child_rotation.T @ child_position


def _shift(fixed: tuple[Array, Array], slides: bool, axis: Array, by: float) -> tuple[Array, Array]:
    """Fold an axis that never moves into the fixed transform."""
    if slides:
        return fixed[0], fixed[1] + fixed[0] @ axis * by
    return fixed[0] @ rotation(axis, np.array(by)), fixed[1]


_Element = tuple[bool, Array, _Row | None, float]


def _elements(names: tuple[str, ...], joint: Any) -> list[_Element]:
    """Break a joint down: (slides, axis, (coordinate, function) or nothing, constant) from parent to child."""
    kind = joint.getConcreteClassName()
    own = [names.index(joint.get_coordinates(i).getName()) for i in range(joint.numCoordinates())]
    line = straight_line(1.0, 0.0)
    if kind == "CustomJoint":
        return _custom_elements(names, opensim.CustomJoint.safeDownCast(joint))
    if kind == "FreeJoint":
        turns, slides = zip(own[:3], (_X, _Y, _Z), strict=True), zip(own[3:], (_X, _Y, _Z), strict=True)
        return [*((True, a, (i, line), 0.0) for i, a in slides), *((False, a, (i, line), 0.0) for i, a in turns)]
    if kind == "PlanarJoint":
        turn, forward, up = own
        return [(True, _X, (forward, line), 0.0), (True, _Y, (up, line), 0.0), (False, _Z, (turn, line), 0.0)]
    if kind not in _SIMPLE_JOINTS:
        known = [*_SIMPLE_JOINTS, "CustomJoint", "FreeJoint", "PlanarJoint"]
        raise ModelError(f"expected joints of the types {named(known)}, got {kind} {joint.getName()!r}")
    return [(s, a, (i, line), 0.0) for (s, a), i in zip(_SIMPLE_JOINTS[kind], own, strict=True)]


def _custom_elements(names: tuple[str, ...], joint: Any) -> list[_Element]:
    """Give the three sliding axes, then the three turning axes, each turned along with those before it."""
    transform = joint.getSpatialTransform()
    elements: list[_Element] = []
    for k in (3, 4, 5, 0, 1, 2):
        axis = transform.getTransformAxis(k)
        direction = axis.getAxis().to_numpy()
        driven = axis.getCoordinateNamesInArray()
        if driven.getSize() > 1:
            raise ModelError(f"expected axes that follow one coordinate, got several at joint {joint.getName()!r}")
        if driven.getSize() == 0 or not axis.hasFunction():
            elements.append((k >= 3, direction, None, _at_zero(axis.getFunction()) if axis.hasFunction() else 0.0))
            continue
        name = driven.get(0)
        coordinate = joint.getModel().getCoordinateSet().get(name)
        function = to_polynomial(axis.getFunction(), coordinate.getRangeMin(), coordinate.getRangeMax())
        elements.append((k >= 3, direction, (names.index(name), function), 0.0))
    return elements


def _at_zero(function: Any) -> float:
    return float(Piecewise.of([to_polynomial(function, 0.0, 1.0)]).values(np.zeros(1))[0])


def _transform(transform: Any) -> tuple[Array, Array]:
    matrix = transform.R().asMat33()
    return np.array([[matrix.get(i, j) for j in range(3)] for i in range(3)]), transform.p().to_numpy()


def _masses(native: Any, body_names: tuple[str, ...]) -> MassProperties:
    bodies = [native.getBodySet().get(name) for name in body_names]
    inertias = np.zeros((len(bodies), 3, 3))
    for inertia, body in zip(inertias, bodies, strict=True):
        moments, products = body.getInertia().getMoments().to_numpy(), body.getInertia().getProducts().to_numpy()
        inertia[np.diag_indices(3)] = moments
        inertia[[0, 0, 1], [1, 2, 2]] = inertia[[1, 2, 2], [0, 0, 1]] = products
    return MassProperties(
        mass_kg=np.array([b.getMass() for b in bodies]),
        centre_m=np.array([b.getMassCenter().to_numpy() for b in bodies]),
        inertia_kg_m2=inertias,
    )


def _markers(native: Any, body_names: tuple[str, ...]) -> tuple[MarkerSite, ...]:
    """Give the markers that sit on a body; one fixed to ground says nothing about the motion."""
    sites = []
    for i in range(native.getMarkerSet().getSize()):
        marker = native.getMarkerSet().get(i)
        frame = marker.getParentFrame()
        base = frame.findBaseFrame().getName()
        if base in body_names:
            rotation, position = _transform(frame.findTransformInBaseFrame())
            location = rotation @ marker.get_location().to_numpy() + position
            sites.append(MarkerSite(name=marker.getName(), body=body_names.index(base), location_m=location))
    return tuple(sites)
