"""What is in a folder."""

import os
from pathlib import Path


def listing(folder: Path) -> dict[str, bytes]:
    """Content of every file below a folder, hidden ones too."""
    places = [Path(where) / name for where, _, names in os.walk(folder) for name in names]
    return {str(path.relative_to(folder)): path.read_bytes() for path in places if path.is_file()}
