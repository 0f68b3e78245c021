"""Where the files that come with the package are: our own models and runners, and the Blender add-on.

In a checkout they stand in ``models/`` and ``addons/`` at the top; in an installed wheel they are inside the package.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from swinglever.errors import MissingFileError, UnknownNameError, named

_PACKAGE = Path(__file__).resolve().parents[1]
_CHECKOUT = _PACKAGE.parent.parent


def models_folder() -> Path:
    """Folder of our own models, runners and tables of model families."""
    return _bundled("models")


def addon_folder() -> Path:
    """Folder of the Blender add-on's source."""
    return _bundled("addons") / "swinglever_blender"


def model_file(name: str) -> Path:
    """Path of one file that ships in ``models/``.

    Parameters
    ----------
    name
        Path below ``models/``, with forward slashes.

    Raises
    ------
    UnknownNameError
        When there is no such file; the message lists those that there are.
    """
    folder = models_folder()
    path = folder / name
    if path.is_file():
        return path
    known = sorted((p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()), key=_top_first)
    raise UnknownNameError(f"no file {name!r} comes with swinglever; there are {named(known, most=20)}")


@cache
def model_table(name: str) -> dict[str, Any]:
    """Give the table in one TOML file of ``models/``, read once; for reading only.

    Raises
    ------
    UnknownNameError
        As :func:`model_file`.
    """
    return tomllib.loads(model_file(name).read_text(encoding="utf-8"))


def _top_first(name: str) -> tuple[bool, str]:
    return "/" in name, name


def _bundled(folder: str) -> Path:
    """Return the wheel's copy, else the checkout's."""
    places = (_PACKAGE / folder, _CHECKOUT / folder)
    for place in places:
        if place.is_dir():
            return place
    raise MissingFileError(
        f"the folder {folder!r} that ships with swinglever is neither at {places[0]} nor at {places[1]}"
    )
