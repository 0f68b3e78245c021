"""A model of the person: a generic model scaled to a static trial by OpenSim's ScaleTool, its markers placed."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from swinglever.engines.apart import load_apart
from swinglever.engines.opensim.scale_tool import run_scale_tool
from swinglever.errors import EngineError, InputError, MissingFileError
from swinglever.readers.c3d import read_c3d
from swinglever.readers.opensim_xml import parse_xml, path_of
from swinglever.readers.text import write_text
from swinglever.readers.trc import read_trc, write_trc
from swinglever.records.trial import Markers
from swinglever.scaling.setup import (
    complete_setup,
    names_in_model,
    pairs_of,
    require_markers,
    setup_from_file,
    setup_from_pairs,
)
from swinglever.system.isolation import call_in_child
from swinglever.system.scratch import scratch_folder
from swinglever.system.whole_files import MADE_BY

_FACTORS = (0.25, 3.0)
"""Of a segment: a newborn's is a third of an adult's, and nobody's three times as long."""
_NUMBERS = ("mass", "mass_center", "inertia", "location", "translation", "orientation")
LANDMARK_BAR_M = 0.02
"""OpenSim's own quality bar: landmarks on bone should be within 2 cm of the scaled model's (its guide to scaling)."""

_TIMEOUT_S = 300.0  # a full-body model takes a second


@dataclass(frozen=True, kw_only=True)
class ScaledModel:
    """A scaled model and how well it fits.

    Attributes
    ----------
    path
        The scaled model's file.
    setup_path
        The setup that was run, for OpenSim's own program.
    mass_kg
        Mass of the model.
    factors
        Scale factors (x, y, z) by body; bodies left as they were are not in it.
    marker_error_m
        Distance between each measured marker and the scaled model's in the static pose, before the markers were placed.
    landmarks
        The markers that measure the bodies, of which the 2 cm bar is asked.
    warnings
        What to know about the fit.
    """

    path: Path
    setup_path: Path
    mass_kg: float
    factors: Mapping[str, tuple[float, float, float]]
    marker_error_m: Mapping[str, float]
    landmarks: tuple[str, ...]
    warnings: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the mappings read-only."""
        for name in ("factors", "marker_error_m"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))


def scale_model(
    model: str | Path,
    static: str | Path,
    out: str | Path,
    *,
    setup: str | Path | None = None,
    mass_kg: float | None = None,
) -> ScaledModel:
    """Scale a generic model to a static trial.

    Parameters
    ----------
    model
        Generic model (``.osim``) that has the trial's markers.
    static
        Static trial (``.trc`` or ``.c3d``).
    out
        Where the scaled model goes; the setup that was run is written beside it, as `setup_beside` names it.
    setup
        Setup of OpenSim's ScaleTool. Without it the measurements come from a table by marker set
        (``models/measurement_pairs.toml``).
    mass_kg
        Mass of the body; the setup's own by default.

    Raises
    ------
    MissingFileError, InputError
        When a file is missing, the model cannot be loaded, or the markers do not fit the setup, the trial or the model.
    EngineError
        When OpenSim's tool fails, with its words.
    """
    model, static, out = Path(model), Path(static), Path(out)
    if not model.is_file():
        raise MissingFileError(f"there is no model file {model}")
    read = [Path(given) for given in (model, static, setup) if given is not None and Path(given).exists()]
    _refuse_no_numbers(model, parse_xml(model))
    markers = read_c3d(static).markers if static.suffix.lower() == ".c3d" else read_trc(static)
    if not markers.names:
        raise InputError(f"{static}: expected markers to scale by, got poses of segments alone")
    warnings = list(markers.warnings)
    if setup is None:
        tool, marker_set = setup_from_pairs(markers, model)
        warnings.append(f"measurements from the table of marker pairs, marker set {marker_set!r}")
    else:
        tool = setup_from_file(Path(setup))
    require_markers(pairs_of(tool), markers, names_in_model(model, "Marker") | _markers_added(tool, setup))
    with scratch_folder() as folder:
        # The tool gets the trial as we read it, mended, under names that it can open.
        trc = write_trc(folder / "static.trc", markers)
        mass_kg = complete_setup(tool, Path(setup or model), model, trc, markers, mass_kg)
        text = ET.tostring(_document(tool), encoding="unicode")
        try:
            run = call_in_child(run_scale_tool, _TIMEOUT_S, text, _mean_positions(markers))
        except EngineError:
            load_apart(model)  # tells where the model is no model
            raise
    _refuse_factors(static, run.factors)
    _refuse_no_numbers(model, ET.fromstring(run.model))
    landmarks = tuple(sorted({name for pair in pairs_of(tool) for name in pair}))
    landmark_error_m = {name: run.marker_error_m[name] for name in landmarks if name in run.marker_error_m}
    setup_path = setup_beside(out)
    if any(given.samefile(place) for given in read for place in (out, setup_path) if place.exists()):
        raise InputError(f"expected '{out}' and '{setup_path}' to be files of their own, one is an input; change --out")
    write_text(out, _marked(run.model))
    write_text(setup_path, _marked(text.replace(str(trc.resolve()), str(static.resolve()))))
    return ScaledModel(
        path=out,
        setup_path=setup_path,
        mass_kg=run.mass_kg,
        factors=run.factors,
        marker_error_m=run.marker_error_m,
        landmarks=landmarks,
        warnings=(*warnings, *_fit_warnings(landmark_error_m, run.factors, run.mass_kg, mass_kg)),
    )


def setup_beside(out: Path) -> Path:
    """Where the setup that was run goes: beside the model, under a name that is not one of OpenSim's own."""
    return out.parent / f"{out.stem}_scale_as_run.xml"


def _marked(xml: str) -> str:
    """Say in an XML text who made it, after its declaration."""
    declaration, comment = re.match(r"<\?xml[^>]*\?>\s*", xml), f"<!-- {MADE_BY} -->\n"
    end = declaration.end() if declaration else 0
    return f"{xml[:end]}{comment}{xml[end:]}"


def _markers_added(tool: ET.Element, setup: str | Path | None) -> set[str]:
    """Names of the markers that the setup's own marker set adds to the model."""
    maker = tool.find("GenericModelMaker")
    path = None if maker is None or setup is None else path_of(Path(setup), maker, "marker_set_file")
    return set() if path is None else names_in_model(path, "Marker")


def _document(tool: ET.Element) -> ET.Element:
    """Return the setup as OpenSim writes it: inside an OpenSimDocument; 2.x is the form of tools without one."""
    document = ET.Element("OpenSimDocument", Version="30000")
    document.append(tool)
    return document


def _mean_positions(markers: Markers) -> dict[str, np.ndarray]:
    """Mean position (3) of each marker that is seen at all, m."""
    seen = [m for m in range(len(markers.names)) if np.isfinite(markers.position_m[:, m]).any()]
    return {markers.names[m]: np.nanmean(markers.position_m[:, m], axis=0) for m in seen}


def _refuse_factors(static: Path, factors: Mapping[str, tuple[float, float, float]]) -> None:
    """Refuse segments that nobody has, before anything is written: as a rule the markers are in another unit.

    Raises
    ------
    InputError
        Naming the segments.
    """
    least, most = _FACTORS
    wild = [f"{body} {max(f):.3g}" for body, f in factors.items() if not all(least <= value <= most for value in f)]
    if wild:
        raise InputError(
            f"{static}: expected scale factors of {least:g} to {most:g}, got {', '.join(wild[:5])}; look at the unit "
            "of the static trial's markers, and at the marker pairs"
        )


def _refuse_no_numbers(model: Path, root: ET.Element) -> None:
    """Refuse what places or weighs a body without a number: OpenSim scales most of that all the same.

    Raises
    ------
    InputError
        Naming the element.
    """
    for element in root.iter():
        if element.tag in _NUMBERS and not all(map(_is_finite, (element.text or "").split())):
            raise InputError(
                f"{model}: expected numbers in every <{element.tag}>, got '{element.text}'; mend the model"
            )


def _is_finite(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _fit_warnings(
    errors: Mapping[str, float], factors: Mapping[str, tuple[float, ...]], mass_kg: float, asked_kg: float
) -> list[str]:
    """What a user should look at before going on."""
    warnings = []
    far = {name: error for name, error in sorted(errors.items(), key=lambda item: -item[1]) if error > LANDMARK_BAR_M}
    if far:
        some = ", ".join(f"{name} {1e3 * error:.0f} mm" for name, error in list(far.items())[:6])
        warnings.append(
            f"{len(far)} of {len(errors)} landmarks of the scaled model are further than {1e3 * LANDMARK_BAR_M:.0f} mm "
            f"from the measured ones: {some}"
        )
    odd = [f"{body} {max(f):.2f}" for body, f in factors.items() if not all(0.7 < value < 1.4 for value in f)]
    if odd:
        warnings.append(f"unusual scale factors, outside 0.7 to 1.4: {', '.join(odd)}; look at their marker pairs")
    if abs(mass_kg - asked_kg) > 1e-3 * asked_kg:
        warnings.append(f"the scaled model weighs {mass_kg:.2f} kg, asked for {asked_kg:.2f} kg")
    return warnings
