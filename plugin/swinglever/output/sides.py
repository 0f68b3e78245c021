"""Names of both legs under one label: without the side of the swing's own leg, with a word for the other one.

A template says where a name has its side, so that the model's own name comes back.

Examples
--------
>>> template_of("semimem_r_passive", "r"), template_of("soleus_l", "r"), template_of("gravity", "r")
('semimem_{side}_passive', 'soleus_{other}', 'gravity')
>>> label_of("semimem_{side}_passive"), label_of("soleus_{other}")
('semimem_passive', 'soleus_other_side')
>>> name_of("soleus_{other}", "r")
'soleus_l'
"""

import re
from collections.abc import Iterable
from functools import cache

_PART = re.compile(r"(?<![^_])[rl](?![^_])")
_OTHER = {"r": "l", "l": "r"}


@cache
def template_of(name: str, side: str) -> str:
    """Put ``{side}`` and ``{other}`` for the parts of a name that are a side; as it is without a side."""
    if side not in _OTHER:
        return name
    return _PART.sub(lambda part: "{side}" if part[0] == side else "{other}", name)


@cache
def name_of(template: str, side: str) -> str:
    """Give the model's own name for a leg; what `template_of` took away comes back."""
    return template.replace("{side}", side).replace("{other}", _OTHER.get(side, ""))


def label_of(template: str) -> str:
    """Give the name without a side, with ``_other_side`` behind it for the other leg's."""
    kept = [part for part in template.split("_") if part not in ("{side}", "{other}")]
    return "_".join(kept) + ("_other_side" if "{other}" in template else "")


def labels_of(templates: Iterable[str]) -> tuple[str, ...]:
    """Give each template a label of its own: where one is taken already, with a number behind it.

    Examples
    --------
    >>> labels_of(["knee_{side}", "knee", "hip"])
    ('knee', 'knee_2', 'hip')
    """
    taken: dict[str, None] = {}
    for template in templates:
        label, number = label_of(template), 1
        while (chosen := label if number == 1 else f"{label}_{number}") in taken:
            number += 1
        taken[chosen] = None
    return tuple(taken)
