"""The address of a result: a hash of everything that it depends on, so that only what changed is computed again."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from swinglever import __version__
from swinglever.plugins.manager import Plugins
from swinglever.readers.bids import all_side_files
from swinglever.readers.opensim_xml import files_named
from swinglever.study.asked import Asked
from swinglever.system.versions import version_of

_OF_BIDS = (".tsv", ".edf", ".bdf")
"""Recordings that files beside them tell about."""
_LENGTH = 32
"""Hexadecimal digits: 128 bits of SHA-256, beyond any chance of two alike."""


def address_of(asked: Asked, plugins: Mapping[str, Any]) -> str:
    """Give the address of a trial's result.

    Parameters
    ----------
    asked
        The trial.
    plugins
        What `plugins_table` gives.

    Notes
    -----
    It covers the content of every file, the names of trial and model (a result tells them), parameters, plugins, and
    the versions of swinglever, OpenSim and numpy. Where the files lie does not count. A file that is not there counts
    as absent, so that the trial is tried again when it has come.
    """
    told = {
        "names": [asked.trial.name, asked.model.name],
        "files": {role: content_hash(path) for role, path in files_of(asked)},
        "parameters": asked.parameters.as_table(),
        "plugins": plugins,
        "versions": {"swinglever": __version__} | {name: version_of(name) for name in ("opensim", "numpy")},
    }
    text = json.dumps(told, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:_LENGTH]


def files_of(asked: Asked) -> Iterable[tuple[str, Path]]:
    """Give every file that a trial's analysis reads, with its role; the table that external loads name among them."""
    yield "model", asked.model
    for role, path in (("trial", asked.trial), *sorted(asked.files.items())):
        yield role, path
        if path.suffix.lower() in _OF_BIDS:
            yield from ((f"{role} {file.name}", file) for file in all_side_files(path))
        inside = files_named(path) if path.suffix.lower() == ".xml" and path.is_file() else ()
        yield from ((f"{role} {k}", inner) for k, inner in enumerate(inside))


def plugins_table(plugins: Plugins) -> dict[str, Any]:
    """Give what of plugins a result depends on: versions, hashes of their sources, and what could not be loaded."""
    faults = [f"{fault.plugin} {fault.where}" for fault in plugins.faults]
    loaded = {name: [plugin.version, plugin.sha256] for name, plugin in plugins.loaded.items()}
    return {"loaded": loaded, "faults": faults, "strict": plugins.strict}


def content_hash(path: Path) -> str:
    """SHA-256 of a file; a word in its place for one that is not there or cannot be read."""
    try:
        found = path.stat()
    except OSError:
        return "absent"
    return _hash_of(str(path), found.st_size, found.st_mtime_ns, found.st_ino)


@lru_cache(maxsize=4096)
def _hash_of(path: str, *_state: int) -> str:
    """Hash a file once for each state of it: a model serves many trials."""
    if not Path(path).is_file():
        return "no file"
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "unreadable"
