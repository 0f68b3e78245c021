"""Where plugins come from: entry points of installed packages, and one-file plugins in a folder."""

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from swinglever.errors import InputError, MissingFileError

GROUP = "swinglever"
LOAD, DISABLE = "SWINGLEVER_LOAD_PLUGINS", "SWINGLEVER_DISABLE_PLUGINS"
"""Environment variables: load only these entry points (none when empty); leave these plugins out (``all`` of them)."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A plugin that was found but not loaded; ``recipe``: ``file`` and its path, or ``point`` and its target."""

    name: str
    version: str
    place: str
    recipe: tuple[str, ...]


def installed_candidates() -> Iterator[Candidate]:
    """Find the entry points of installed packages, in the order of their names."""
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        version = point.dist.version if point.dist is not None else ""
        owner = point.dist.name if point.dist is not None else "?"
        yield Candidate(name=point.name, version=version, place=f"package {owner}", recipe=("point", point.value))


def load_recipe(recipe: tuple[str, ...]) -> Any:
    """Import a plugin; may raise anything."""
    kind, target = recipe
    return _import_file(Path(target)) if kind == "file" else EntryPoint("", target, GROUP).load()


def folder_candidates(folder: str | Path) -> Iterator[Candidate]:
    """Find the one-file plugins of a folder; tests, and files that begin with an underscore, are not plugins.

    Raises
    ------
    MissingFileError
        When there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise MissingFileError(f"expected a folder of plugins, found none at '{folder}'")
    for path in sorted(folder.glob("*.py")):
        if not path.name.startswith(("_", "test_", "conftest.")):
            yield file_candidate(path)


def file_candidate(path: Path) -> Candidate:
    """Give the one-file plugin of a path.

    Raises
    ------
    InputError
        When it is not a Python file.
    """
    if path.suffix != ".py" or not path.is_file():
        raise InputError(f"expected a plugin as one .py file, got '{path}'")
    return Candidate(name=path.stem, version="", place=str(path), recipe=("file", str(path.resolve())))


def _import_file(path: Path) -> ModuleType:
    """Import a file under a name of its own; it stays importable (records pickle) only if that went well."""
    name = f"swinglever_plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError(f"expected a Python module in '{path}'")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def wanted(name: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the environment leaves a plugin on."""
    only, without = environment.get(LOAD), _names(environment.get(DISABLE, ""))
    return (only is None or name in _names(only)) and name not in without and "all" not in without


def _names(text: str) -> set[str]:
    return {part.strip() for part in text.split(",") if part.strip()}


def source_hash(plugin: Any) -> str:
    """SHA-256 of the plugin's source: its file, or every Python file of its package; empty where it has none."""
    name = plugin.__name__ if isinstance(plugin, ModuleType) else type(plugin).__module__
    module = sys.modules.get(name, plugin)
    file = getattr(module, "__file__", None)
    if file is None or not Path(file).is_file():
        return ""
    path = Path(file)
    files = sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path]
    digest = hashlib.sha256()
    for each in files:
        digest.update(each.relative_to(path.parent).as_posix().encode() + b"\0" + each.read_bytes() + b"\0")
    return digest.hexdigest()
