"""TOML files that a user writes: not longer, and not nested deeper, than anybody writes them."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from swinglever.errors import InputError, MissingFileError

MOST_BYTES = 2**24
"""A list of fifty thousand trials has about ten million."""


_DEEP = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){200}""")
"""A name of so many parts, over which Python's parser sits for ever."""
WHOLE_BITS = 64
"""Of a whole number in TOML, its sign included; Python takes any, and cannot print those of thousands of digits."""


def read_toml(path: Path, what: str = "a TOML file") -> dict[str, Any]:
    """Read a TOML file; ``what`` says what was expected there.

    Raises
    ------
    MissingFileError, InputError
        When no ordinary file is there, or it is too long, no TOML, or nested deeper than can be read, or has a whole
        number larger than TOML's.
    """
    if not path.is_file():
        raise MissingFileError(f"expected {what}, found nothing at '{path}'")
    if (size := path.stat().st_size) > MOST_BYTES:
        raise InputError(f"expected {what} of {MOST_BYTES} bytes at most, got {size} in '{path}'; split it")
    try:
        text = path.read_text(encoding="utf-8-sig")
        if _DEEP.search(text):
            raise RecursionError
        table = tomllib.loads(text)
        longest = max(map(int.bit_length, _whole_numbers(table)), default=0)
    except ValueError as error:  # no TOML, no UTF-8, or a number of more digits than Python takes
        raise InputError(f"expected TOML in '{path}': {error}") from error
    except RecursionError:
        raise InputError(f"expected {what}, got tables or lists nested too deep in '{path}'") from None
    if longest >= WHOLE_BITS:
        raise InputError(
            f"expected {what} with whole numbers of {WHOLE_BITS} bits, got one of {longest} bits in '{path}'"
        )
    return table


def _whole_numbers(value: Any) -> Iterator[int]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _whole_numbers(each)
    elif isinstance(value, int):
        yield value
