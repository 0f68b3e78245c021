"""What families of models call the bodies of a runner, by the table of the analysis; nothing here knows Blender."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent
#: In a built extension the table stands beside this module, in a checkout and in a wheel among the models.
_PLACES = (_HERE / "families.toml", _HERE.parents[1] / "models" / "families.toml")
_LEG, _FOOT = ("thigh", "patella", "shank", "ankle", "foot", "toes"), ("foot", "toes")


@cache
def _names() -> dict[str, list[str]]:
    table = next(place for place in _PLACES if place.is_file())
    bodies: dict[str, list[str]] = tomllib.loads(table.read_text(encoding="utf-8"))["bodies"]
    return bodies


@cache
def _named(parts: tuple[str, ...], side: str) -> frozenset[str]:
    return frozenset(name.format(side=side) for part in parts for name in _names()[part])


@cache
def part_of(body: str) -> tuple[str, str]:
    """Give the part that a body is and its side, r or l; both are empty where no family knows it."""
    sides = ("r", "l", "")
    known = {
        name.format(side=side): (part, side) for part, names in _names().items() for name in names for side in sides
    }
    part, side = known.get(body, ("", ""))
    return part, side if body.endswith(f"_{side}") else ""


def on_leg(body: str, side: str) -> bool:
    """Tell whether a body belongs to the leg of a side."""
    return body in _named(_LEG, side)


def on_foot(body: str) -> bool:
    """Tell whether a body belongs to either foot."""
    return body in _named(_FOOT, "r") | _named(_FOOT, "l")


def find_body(bodies: Sequence[str], part: str, side: str = "") -> int | None:
    """Find which of the bodies is a part, such as the pelvis: the first name of the table that there is."""
    known = (name.format(side=side) for name in _names()[part])
    return next((bodies.index(name) for name in known if name in bodies), None)
