"""Asks for files by names that may be none."""

import os
from pathlib import Path


def is_file(path: Path) -> bool:
    """Tell whether a file stands there; none does under a name that is too long, or no name at all."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises for such names
