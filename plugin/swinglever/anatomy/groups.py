"""Which muscle belongs to which group: from the table of model families, by name without the side."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache

from swinglever.system.resources import model_file

OTHER = "other_muscles"
"""Group of the muscles that the table does not name."""


@cache
def muscle_table() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Read groups and sets of muscles: kind ("muscle_groups" or "muscle_sets"), name, muscles without the side."""
    table = tomllib.loads(model_file("families.toml").read_text(encoding="utf-8"))
    return {
        kind: {name: frozenset(muscles) for name, muscles in table[kind].items()}
        for kind in ("muscle_groups", "muscle_sets")
    }


def without_side(muscle: str) -> str:
    """Name of a muscle without its side.

    Examples
    --------
    >>> without_side("semimem_r")
    'semimem'
    """
    return muscle[:-2] if muscle.endswith(("_r", "_l")) else muscle


def group_of(muscle: str) -> str:
    """Group that a muscle belongs to.

    Examples
    --------
    >>> group_of("bflh_l"), group_of("soleus_r"), group_of("piri_r")
    ('hamstrings', 'ankle_muscles', 'other_muscles')
    """
    for group, members in muscle_table()["muscle_groups"].items():
        if without_side(muscle) in members:
            return group
    return OTHER


def members(name: str, muscles: Iterable[str]) -> tuple[str, ...]:
    """Those of some muscles that are in a group or set of the table; none for a name that is in neither.

    Examples
    --------
    >>> members("biceps_short_head", ["bifemlh_r", "bifemsh_r"])
    ('bifemsh_r',)
    """
    table = muscle_table()
    wanted = table["muscle_groups"].get(name) or table["muscle_sets"].get(name) or frozenset()
    if name == OTHER:
        return tuple(m for m in muscles if group_of(m) == OTHER)
    return tuple(m for m in muscles if without_side(m) in wanted)
