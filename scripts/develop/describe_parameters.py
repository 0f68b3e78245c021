"""Which keys may stand in a configuration file? Prints them as tables, out of what the records say of themselves."""

import argparse
import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass

from swinglever.records.parameters import Parameters
from swinglever.records.spread import InputSpread

UNITS = {
    "_hz": "Hz", "_nm": "N m", "_n": "N", "_deg": "°", "_s": "s", "_m": "m", "_rad": "rad", "_kg": "kg"
}  # fmt: skip
"""Units by the ending of a name; a name without one is a share, a word or a number."""


def table(record: type) -> str:
    """Give a table of a record's keys: default, unit, meaning."""
    said = meanings(record)
    rows = [f"| `{f.name}` | {default_of(f)} | {unit_of(f.name)} | {said[f.name]} |" for f in fields(record)]
    return "\n".join(["| key | default | unit | meaning |", "|---|---|---|---|", *rows])


def meanings(record: type) -> dict[str, str]:
    """Take the meaning of each key from the docstring; names that share a paragraph share their meaning."""
    return dict(_paragraphs(inspect.getdoc(record) or ""))


def _paragraphs(text: str) -> Iterator[tuple[str, str]]:
    parts = re.split(r"^(\w[\w, ]*)\n(?=    )", text.partition("----------\n")[2], flags=re.MULTILINE)
    for names, meaning in zip(parts[1::2], parts[2::2], strict=True):
        for name in names.split(", "):
            yield name, " ".join(meaning.split()).replace("``", "`").replace("|", "\\|")


def default_of(field: "Field[object]") -> str:
    """Give a default as TOML writes it; nothing where there is none, and a table's name where it is one."""
    made = field.default_factory
    value = made() if made is not MISSING else field.default
    if is_dataclass(value) or value == {}:
        return "a table"
    if value is None or value == "":
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else repr(value)}`".replace("'", '"')


def unit_of(name: str) -> str:
    """Give the unit that a name ends in."""
    return next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(f"{table(Parameters)}\n\n{table(InputSpread)}")
