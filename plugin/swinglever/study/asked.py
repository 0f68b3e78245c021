"""One row of a study: a recording, what belongs to it, and what is known of who ran how."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from swinglever.records.parameters import Parameters

FILES = ("grf", "external_loads", "ik_setup", "emg", "forces", "names")
"""Files beside trial and model, as `pipeline.analyse` calls them."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A trial of a study, as its manifest asks for it.

    Attributes
    ----------
    name
        Its name in the tables; no other trial of the study has it.
    trial, model
        The recording and the model.
    files
        Files beside them, by the names in `FILES`.
    labels
        What is known of the trial, by column: ``subject`` and ``condition`` first, empty where not told.
    parameters
        Choices of its analysis.
    skip
        Why it is left out; empty where it is not.
    """

    name: str
    trial: Path
    model: Path
    files: Mapping[str, Path] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    parameters: Parameters = field(default_factory=Parameters)
    skip: str = ""

    def absolute(self) -> Self:
        """Give the trial with files that are found from any folder: it is read in a process that has another one."""
        files = {role: path.absolute() for role, path in self.files.items()}
        return replace(self, trial=self.trial.absolute(), model=self.model.absolute(), files=files)

    def as_table(self) -> dict[str, Any]:
        """Give plain values, that JSON takes."""
        return {
            "name": self.name,
            "trial": str(self.trial),
            "model": str(self.model),
            "files": {name: str(path) for name, path in self.files.items()},
            "labels": dict(self.labels),
            "parameters": self.parameters.as_table(),
            "skip": self.skip,
        }

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """Make it of what `as_table` gave."""
        paths = {"trial": Path(table["trial"]), "model": Path(table["model"])}
        files = {name: Path(path) for name, path in table["files"].items()}
        parameters = Parameters.from_table(table["parameters"])
        return cls(**dict(table) | paths | {"files": files, "parameters": parameters})
