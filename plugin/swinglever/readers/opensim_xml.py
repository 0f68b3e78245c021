"""OpenSim's XML files: parsed without entities, looked up by tag, paths resolved from where the file stands."""

import os
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from pathlib import Path, PureWindowsPath
from typing import Any

from swinglever.errors import InputError
from swinglever.readers.text import read_bytes
from swinglever.system.odd_names import is_file

DEEPEST = 200
"""Elements inside each other that a file may have; OpenSim's own have 30, and its parser crashes at many thousands."""


MOST_BYTES = 2**28
"""Largest model, setup or mesh: a hundred times the largest public one."""


class TooDeepError(InputError):
    """An XML file whose elements lie deeper in each other than any parser should be asked to follow."""


class _NoDoctype(ET.TreeBuilder):
    """Refuses a document type, which OpenSim never writes and whose entities grow without bound; and great depth."""

    depth = 0

    def start(self, tag: Any, attrs: dict[Any, Any]) -> ET.Element:
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeepError(
                f"expected elements up to {DEEPEST} deep in each other, got more; is this OpenSim's file?"
            )
        return super().start(tag, attrs)

    def end(self, tag: str) -> ET.Element:
        self.depth -= 1
        return super().end(tag)

    def doctype(self, name: str, public_id: str | None, system: str | None) -> None:
        raise InputError("a document type declaration (<!DOCTYPE ...>) is not allowed")


def parse_xml(path: Path) -> ET.Element:
    """Root element of an XML file."""
    parser = ET.XMLParser(target=_NoDoctype())
    try:
        parser.feed(read_bytes(path, MOST_BYTES))
        root = parser.close()
    except ET.ParseError as error:
        raise InputError(f"{path} is not well-formed XML: {error}") from None
    except InputError as error:
        raise type(error)(str(error) if str(path) in str(error) else f"{path}: {error}") from None
    except (ValueError, LookupError) as error:  # an encoding that the declaration names and Python does not know
        raise InputError(f"{path} cannot be read as XML: {error}") from None
    if not isinstance(root, ET.Element):
        raise InputError(f"{path} has no XML element")
    return root


def find_tool(path: Path, root: ET.Element, *tags: str) -> ET.Element:
    """Return the first element, at the root or anywhere below, that has one of the tags."""
    for element in root.iter():
        if element.tag in tags:
            return element
    inside = sorted({child.tag for child in root}) or [root.tag]
    raise InputError(f"{path}: expected <{'> or <'.join(tags)}>, got {inside}")


def text_of(element: ET.Element, tag: str, default: str = "") -> str:
    """Text of a child, stripped; the default when there is no such child or it is empty."""
    return (element.findtext(tag) or "").strip() or default


def number_of(path: Path, element: ET.Element, tag: str, default: float) -> float:
    """Return the number in a child; ``Inf`` and ``Infinity`` included."""
    text = text_of(element, tag)
    try:
        return float(text) if text else default
    except ValueError:
        raise InputError(f"{path}: expected a number in <{tag}>, got {text[:40]!r}") from None


def flag_of(path: Path, element: ET.Element, tag: str, default: bool) -> bool:
    """Truth of a child: ``true``, ``false``, ``1`` or ``0``."""
    text = text_of(element, tag).lower()
    if not text:
        return default
    if text not in ("true", "false", "1", "0"):
        raise InputError(f"{path}: expected true or false in <{tag}>, got {text[:40]!r}")
    return text in ("true", "1")


def path_of(path: Path, element: ET.Element, tag: str) -> Path | None:
    """File that a child names, from the folder of the XML file; None when it names none.

    Backslashes of a setup written on Windows separate folders here too.
    """
    text = text_of(element, tag)
    if not text or text.lower() == "unassigned":
        return None
    return path.parent / (PureWindowsPath(text).as_posix() if "\\" in text else text)


def files_named(path: Path) -> tuple[Path, ...]:
    """Files that an XML file of OpenSim's names and that exist: motions, forces, marker sets, meshes.

    None of a file that cannot be read; whoever uses it says why.
    """
    try:
        root = parse_xml(path)
    except InputError:
        return ()
    texts = {(element.text or "").strip() for element in root.iter() if "file" in str(element.tag)}
    return tuple(place for text in sorted(texts) if 0 < len(text) < 1000 for place in places_of(path, text))


def geometry_folders(path: Path) -> list[Path]:
    """Give where meshes are looked for: beside the model, ``Geometry`` there and one folder up, and where one is told.

    The variable ``SWINGLEVER_GEOMETRY`` tells it.
    """
    beside, named = path.resolve().parent, os.environ.get("SWINGLEVER_GEOMETRY", "")
    told = [Path(folder) for folder in named.split(os.pathsep) if folder]
    return [beside, beside / "Geometry", beside.parent / "Geometry", *told]


def places_of(path: Path, text: str) -> Iterator[Path]:
    """Give the files that a name may mean: beside the XML file, and where meshes are looked for."""
    return places_in(folders_of(path), text)


def folders_of(path: Path) -> tuple[Path, ...]:
    """Give the folder of an XML file, and those where meshes are looked for."""
    return tuple(dict.fromkeys([path.parent, *geometry_folders(path)]))


def places_in(folders: Iterable[Path], text: str) -> Iterator[Path]:
    """Give the files of a name in some folders."""
    for folder in folders:
        place = folder / (PureWindowsPath(text).as_posix() if "\\" in text else text)
        if is_file(place):
            yield place
