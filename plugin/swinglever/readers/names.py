"""Reads what a user says is what in a model: ``--names FILE.toml``."""

from pathlib import Path
from typing import Any

from swinglever.errors import InputError, named
from swinglever.records.names import BONES, Names
from swinglever.system.toml import read_toml

_KINDS = ("knee", "hip_flexion", *BONES)
_TABLES = ("r", "l", "muscles")


def read_names(path: Path) -> Names:
    """Read names of a model's parts.

    Parameters
    ----------
    path
        TOML: a table ``[r]`` and one ``[l]`` that say which coordinate or body is ``knee``, ``hip_flexion``,
        ``pelvis``, ``thigh``, ``shank``, ``ankle``, ``foot`` and ``toes``, as far as nothing else tells; and a table
        ``[muscles]`` with a list of muscles for a group.

    Raises
    ------
    MissingFileError, InputError
        When the file is not there, is no TOML, or says anything else.
    """
    table = read_toml(path, "a file of names (--names)")
    _require(path, "tables", table, _TABLES)
    legs: dict[Any, dict[str, str]] = {}
    for side in ("r", "l"):
        own = _table(path, table, side)
        _require(path, f"names in [{side}]", own, _KINDS)
        if wrong := [kind for kind, name in own.items() if not isinstance(name, str)]:
            raise InputError(f"{path} [{side}] {wrong[0]}: expected a name in quotes, got {own[wrong[0]]!r}")
        if own:
            legs[side] = own
    groups = _table(path, table, "muscles")
    for group, muscles in groups.items():
        if not isinstance(muscles, list) or not all(isinstance(name, str) for name in muscles):
            raise InputError(f"{path} [muscles] {group}: expected a list of names in quotes, got {muscles!r}")
    muscles = {name: group for group, members in groups.items() for name in members}
    return Names(legs=legs, muscles=muscles, place=str(path))


def _table(path: Path, table: dict[str, Any], name: str) -> dict[str, Any]:
    own = table.get(name, {})
    if not isinstance(own, dict):
        raise InputError(f"{path}: expected a table [{name}], got {own!r}")
    return own


def _require(path: Path, what: str, given: dict[str, Any], known: tuple[str, ...]) -> None:
    if strange := [name for name in given if name not in known]:
        raise InputError(f"{path}: expected {what} among {named(known, 99)}, got {named(strange)}")
