"""Patterns of paths: ``{subject}/{condition}.trc`` finds files, and says what each field is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from swinglever.errors import InputError

LONGEST_PATH = 4096
"""Characters: no file can be opened by a longer path, and to take one apart takes long."""
_TOKEN = re.compile(r"\{([A-Za-z_]\w*)\}|(\*\*/)|(\*)|(\?)")


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file that a pattern fits, and what its fields are there."""

    path: Path
    fields: Mapping[str, str]


def is_pattern(text: str) -> bool:
    """Whether a path has fields in braces, or stars.

    Examples
    --------
    >>> is_pattern("{subject}/run.trc"), is_pattern("a/*.trc"), is_pattern("a/run.trc")
    (True, True, False)
    """
    return _TOKEN.search(text) is not None


def require_short(text: str, place: str) -> None:
    """Refuse what is too long to be a path.

    Raises
    ------
    InputError
        The message names the place.
    """
    if len(text) > LONGEST_PATH:
        raise InputError(f"{place}: expected a path of {LONGEST_PATH} characters at most, got {len(text)}")


def find(folder: Path, pattern: str) -> list[Found]:
    """Find the files below a folder that a pattern fits, sorted by path.

    A field or a star stands for any text without a slash, ``**/`` for any folders; a field that comes twice is the same
    text both times.
    """
    # A name of a folder may hold what means something to glob.
    wanted = re.compile(_expression(pattern))
    loose = re.sub(r"\{\w+\}", "*", pattern)
    candidates = sorted(path for path in folder.glob(loose) if path.is_file())
    fits = ((path, wanted.fullmatch(path.relative_to(folder).as_posix())) for path in candidates)
    return [Found(path=path, fields=fit.groupdict()) for path, fit in fits if fit is not None]


def fill(folder: Path, text: str, fields: Mapping[str, str], place: str) -> Path:
    """Give the path that a text names, with the fields of a trial filled in; stars must fit one file.

    Raises
    ------
    InputError
        When a field is not there, or stars fit several files or none, or the text is too long for a path.
    """
    require_short(text, place)
    missing = [name for name in re.findall(r"\{(\w+)\}", text) if name not in fields]
    if missing:
        raise InputError(f"{place}: expected a field of the trial's pattern, got '{{{missing[0]}}}' in '{text}'")
    filled = re.sub(r"\{(\w+)\}", lambda match: fields[match.group(1)], text)
    if "*" not in text:
        return folder / filled
    files = sorted(path for path in folder.glob(filled) if path.is_file())
    if len(files) != 1:
        names = ", ".join(path.name for path in files[:3]) or "none"
        raise InputError(f"{place}: expected one file like '{filled}' in '{folder}', found {names}")
    return files[0]


def _expression(pattern: str) -> str:
    """Turn a pattern into a regular expression."""
    seen, parts, end = set[str](), [], 0
    for token in _TOKEN.finditer(pattern):
        parts.append(re.escape(pattern[end : token.start()]))
        name, folders, star, _ = token.groups()
        if name:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>[^/]+?)")
            seen.add(name)
        else:
            parts.append("(?:.*/)?" if folders else "[^/]*" if star else "[^/]")
        end = token.end()
    return "".join([*parts, re.escape(pattern[end:])])
