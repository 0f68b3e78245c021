"""Names of trials and of their labels, which are paths in ``study.h5``: a slash makes groups, as it makes folders."""

from collections.abc import Collection, Iterator, Mapping

from swinglever.errors import InputError

_NO_TEXT = "\0"
"""HDF5 keeps no text with such a character."""


def require_name(name: str, what: str, place: str) -> None:
    """Refuse a name that leads nowhere.

    Raises
    ------
    InputError
        When it, or a part of it between slashes, is empty or a dot.
    """
    if {"", "."} & set(name.split("/")) or _NO_TEXT in name:
        raise InputError(f"{place}: expected {what}, or several with a slash between them, got {name!r}")


def require_labels(labels: Mapping[str, str], place: str) -> None:
    """Refuse labels that a study's index cannot hold.

    Raises
    ------
    InputError
        When a name of one leads nowhere, or a text has a character that no file keeps.
    """
    for name, text in labels.items():
        require_name(name, "the name of a label", place)
        if _NO_TEXT in text:
            raise InputError(f"{place}: expected text for '{name}', got {text!r}")


def folders_above(name: str) -> Iterator[str]:
    """Give the folders that a name with slashes stands in, the outermost first.

    Examples
    --------
    >>> list(folders_above("s1/slow/run"))
    ['s1', 's1/slow']
    """
    parts = name.split("/")
    yield from ("/".join(parts[:k]) for k in range(1, len(parts)))


def inside(names: Collection[str]) -> str:
    """Give the first name that is inside of another as in a folder; empty where none is."""
    return next((name for name in names if any(folder in names for folder in folders_above(name))), "")
