"""Which muscle belongs to which group: from the table of model families, by name without the side."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache

from swinglever.system.resources import model_table

OTHER = "other_muscles"
"""Group of the muscles that the table does not name."""


@cache
def muscle_table() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Read groups and sets of muscles: kind ("muscle_groups" or "muscle_sets"), name, muscles without the side."""
    table = model_table("families.toml")
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


def side_of_muscle(muscle: str) -> str:
    """Side in the name of a muscle: ``r``, ``l``, or empty.

    Examples
    --------
    >>> side_of_muscle("bflh140_r"), side_of_muscle("L_SM"), side_of_muscle("soleus")
    ('r', 'l', '')
    """
    found = _SIDED.fullmatch(muscle)
    return "" if found is None else (found["before"] or found["after"])[0].lower()


_SIDED = re.compile(
    r"(?:(?P<before>r|l|right|left)[_. -](?P<rest>.+)|(?P<base>.+)[_. -](?P<after>r|l|right|left))", re.IGNORECASE
)


@cache
def table_name(muscle: str) -> str:
    """Name of a muscle in the table, without side, whatever its case, prefix or number; empty where it is in none.

    Examples
    --------
    >>> table_name("bflh140_r"), table_name("SM_R"), table_name("gait_bifemlh_l"), table_name("glut_max1_r")
    ('bflh', 'semimem', 'bifemlh', 'glut_max1')
    >>> table_name("thing_r")
    ''
    """
    found = _SIDED.fullmatch(muscle)
    base = muscle if found is None else (found["rest"] or found["base"])
    parts = re.split(r"[_. :-]", base)
    for tried in (base, *("".join(parts[k:]) for k in range(1, len(parts)))):
        for name in (_plain(tried), re.sub(r"\d{2,}$", "", _plain(tried))):
            if name in _plain_names():
                return _plain_names()[name]
    return ""


@cache
def base_name(muscle: str) -> str:
    """Name of a muscle in the table; where it is in none, its own without the side, wherever that stands.

    Examples
    --------
    >>> base_name("L_SM"), base_name("thing_r"), base_name("R_thing")
    ('semimem', 'thing', 'thing')
    """
    found = _SIDED.fullmatch(muscle)
    return table_name(muscle) or (muscle if found is None else found["rest"] or found["base"])


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def _plain_names() -> Mapping[str, str]:
    """Names of the table by their plain form, aliases included."""
    table = model_table("families.toml")
    known = {name: name for group in table["muscle_groups"].values() for name in group}
    aliases = {other: name for name, others in table["muscle_aliases"].items() for other in others}
    return {_plain(name): of for name, of in (aliases | known).items()}


def group_of(muscle: str) -> str:
    """Group that a muscle belongs to.

    Examples
    --------
    >>> group_of("bflh_l"), group_of("SOL_r"), group_of("piri_r")
    ('hamstrings', 'ankle_muscles', 'other_muscles')
    """
    name = table_name(muscle)
    return next((group for group, members in muscle_table()["muscle_groups"].items() if name in members), OTHER)


def regrouped(muscles: Sequence[str], groups: Sequence[str], offered: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Group of each muscle, where some groups are offered that go before those that the muscles have.

    Examples
    --------
    >>> regrouped(["psoas_r", "soleus_r"], ["hip_flexors", "ankle_muscles"], {"deep_hip": ["psoas"]})
    ('deep_hip', 'ankle_muscles')
    """
    chosen = {muscle: group for group, names in offered.items() for muscle in names}
    return tuple(chosen.get(base_name(muscle), group) for muscle, group in zip(muscles, groups, strict=True))


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
    return tuple(m for m in muscles if table_name(m) in wanted)
