"""Imports opensim quietly: no log file in the working directory, no mesh warnings on the terminal."""

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import opensim

from swinglever.errors import MissingFileError, ModelError

opensim.Logger.removeFileSink()
opensim.Logger.setLevelString("Off")


def open_model(path: str | Path) -> Any:
    """Read an ``.osim`` file into an OpenSim model, silently.

    Raises
    ------
    MissingFileError
        When there is no such file.
    ModelError
        When OpenSim cannot read it, with OpenSim's own words.
    """
    path = Path(path)
    if not path.is_file():
        raise MissingFileError(f"expected a model file, found nothing at '{path}'; give the path of an .osim file")
    _refuse_empty_meshes(path)
    try:
        return opensim.Model(str(path))
    except Exception as error:
        told = f"OpenSim cannot read the model '{path}': {reason_of(error)}"
        raise ModelError(f"{told}; is the file whole, and a model?") from error


def _refuse_empty_meshes(path: Path) -> None:
    """Refuse a model that names an .obj mesh without a vertex: OpenSim ends the whole process on one, without a word.

    Raises
    ------
    ModelError
        Naming the mesh.
    """
    named = {match.decode("utf-8", "replace").strip() for match in _MESH.findall(path.read_bytes())}
    for name in sorted(name for name in named if name.lower().endswith(".obj")):
        for mesh in (path.parent / name, path.parent / "Geometry" / name):
            if mesh.is_file() and not _VERTEX.search(mesh.read_bytes()):
                raise ModelError(f"{mesh}: expected a mesh with vertices, got none; replace it, or remove it")


_MESH = re.compile(rb"<mesh_file>([^<]*)</mesh_file>")
_VERTEX = re.compile(rb"^\s*v\s", re.MULTILINE)


def reason_of(error: BaseException) -> str:
    r"""Give the first line of OpenSim's message that says why, without the places in OpenSim's own code.

    Examples
    --------
    >>> reason_of(RuntimeError("std::exception in 'Model()': SimTK Exception thrown at Xml.cpp:106:\n  Cut short."))
    'Cut short'
    """
    lines = [re.sub(r"^std::exception in '[^']*':", "", line).strip() for line in str(error).splitlines()]
    telling = [line for line in lines if line and not line.endswith(":")]
    return telling[0].rstrip(".") if telling else type(error).__name__


def working_folder() -> tempfile.TemporaryDirectory[str]:
    """Make a folder for the files that OpenSim's tools write where they stand."""
    return tempfile.TemporaryDirectory(prefix="swinglever_", ignore_cleanup_errors=os.name == "nt")
