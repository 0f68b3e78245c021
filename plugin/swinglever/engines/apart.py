"""Loads an OpenSim model in a process of its own: OpenSim ends it, or never comes back, on some files that are none."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from swinglever.errors import EngineError, ModelError
from swinglever.system.isolation import Limits, call_in_child

if TYPE_CHECKING:
    from swinglever.anatomy.model import Model

_LIMITS = Limits(timeout_s=1200.0, processor_s=120.0, memory_bytes=8 * 2**30)
"""Of the process: a whole body with a hundred muscles takes two seconds and a third of a GB."""


def load_apart(path: Path) -> "Model":
    """Load an ``.osim`` file without any danger to this process.

    Raises
    ------
    MissingFileError, ModelError
        When it cannot be used, or ended the process that loaded it.
    """
    try:
        return call_in_child(load_here, _LIMITS, str(path), str(Path.cwd()))
    except EngineError as error:
        why = str(error).replace(f"{load_here.__module__}.{load_here.__qualname__}", "its process")
        raise ModelError(f"OpenSim cannot load the model '{path}': {why}; is the file whole, and a model?") from None


def load_here(path: str, folder: str) -> "Model":
    """Load a model in this process, from the folder that its path counts from."""
    from swinglever.engines.opensim import load_model

    os.chdir(folder)
    return load_model(path)
