"""Imports opensim quietly: no log file in the working directory, no mesh warnings on the terminal."""

import os
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
    try:
        return opensim.Model(str(path))
    except Exception as error:
        raise ModelError(f"OpenSim cannot read the model '{path}': {first_line(error)}") from error


def first_line(error: BaseException) -> str:
    """Give the first line of OpenSim's message that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def working_folder() -> tempfile.TemporaryDirectory[str]:
    """Make a folder for the files that OpenSim's tools write where they stand."""
    return tempfile.TemporaryDirectory(prefix="swinglever-", ignore_cleanup_errors=os.name == "nt")
