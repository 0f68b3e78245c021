"""Imports opensim quietly: no log file in the working directory, no mesh warnings on the terminal."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import opensim

from swinglever.errors import InputError, MissingFileError, ModelError
from swinglever.readers.meshes import ENDINGS, read_mesh
from swinglever.readers.opensim_xml import MOST_BYTES, TooDeepError, folders_of, parse_xml, places_in
from swinglever.readers.text import read_bytes
from swinglever.system.odd_names import is_file
from swinglever.system.scratch import scratch_folder

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
        with _without_bad_meshes(path) as readable:
            return opensim.Model(str(readable))
    except TooDeepError as error:
        raise ModelError(str(error)) from None
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
    named = {match.decode("utf-8", "replace").strip() for match in _MESH.findall(read_bytes(path, MOST_BYTES))}
    for name in sorted(name for name in named if name.lower().endswith(".obj")):
        for mesh in (path.parent / name, path.parent / "Geometry" / name):
            if is_file(mesh) and not _VERTEX.search(read_bytes(mesh, MOST_BYTES)):
                raise ModelError(f"{mesh}: expected a mesh with vertices, got none; replace it, or remove it")


_MESH = re.compile(rb"<mesh_file>([^<]*)</mesh_file>")
_VERTEX = re.compile(rb"^\s*v\s", re.MULTILINE)


@contextmanager
def _without_bad_meshes(path: Path) -> Iterator[Path]:
    """Give the model, or a copy that does not name the meshes that cannot be read: they would crash OpenSim."""
    try:
        root = parse_xml(path)
    except TooDeepError:
        raise
    except InputError:  # OpenSim says why
        yield path
        return
    folders = folders_of(path)
    named = [element for element in root.iter() if "file" in str(element.tag) and _is_bad_mesh(folders, element.text)]
    if not named:
        yield path
        return
    for element in named:
        element.text = f"unreadable/{(element.text or '').strip()}"
    with scratch_folder() as folder:
        copy = folder / path.name
        copy.write_bytes(ElementTree.tostring(root))
        yield copy


def _is_bad_mesh(folders: Sequence[Path], name: str | None) -> bool:
    text = (name or "").strip()
    if Path(text).suffix.lower() not in ENDINGS:
        return False
    if any(_is_no_file(folder / text) for folder in folders):
        return True
    for place in places_in(folders, text):
        try:
            read_mesh(place)
        except InputError:
            return True
    return False


def _is_no_file(place: Path) -> bool:
    """Tell whether something stands there that is no file, as a pipe, of which OpenSim would wait for the end."""
    return os.path.exists(place) and not is_file(place)  # noqa: PTH110 - Path.exists raises for odd names


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
