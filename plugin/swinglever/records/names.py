"""What is what in a model whose names no table has, as a user says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

BONES = ("pelvis", "thigh", "shank", "ankle", "foot", "toes")
"""Bodies of a leg; the others of its parts are coordinates."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """Names in a model.

    Attributes
    ----------
    legs
        By side, the name of each part: ``knee``, ``hip_flexion``, ``pelvis``, ``thigh``, ``shank``, ``ankle``,
        ``foot``, ``toes``.
    muscles
        Group of each muscle by its name.
    place
        The file that says so.
    """

    legs: Mapping[Literal["r", "l"], Mapping[str, str]] = field(default_factory=dict)
    muscles: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
