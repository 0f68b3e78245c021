"""What somebody wants analysed: files or records, the choices, and who reads the files."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from swinglever.anatomy.model import Model
from swinglever.records.parameters import Parameters
from swinglever.records.trial import Trial


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is to be analysed, before anything is read.

    Attributes
    ----------
    trial
        A file of markers or coordinates, or a trial that was made by hand.
    model
        A model file, or a model that is loaded already.
    grf, external_loads, ik_setup, emg, forces, names
        Files of ground forces, of the foot that each acts on, of marker weights, of EMG, of muscle forces from outside,
        and of what is what in the model.
    parameters
        Choices of the analysis.
    """

    trial: Path | Trial
    model: Path | Model
    grf: Path | None = None
    external_loads: Path | None = None
    ik_setup: Path | None = None
    emg: Path | None = None
    forces: Path | None = None
    names: Path | None = None
    parameters: Parameters = field(default_factory=Parameters)

    @classmethod
    def of(
        cls,
        trial: str | Path | Trial,
        model: str | Path | Model,
        parameters: Parameters | None = None,
        **beside: str | Path | None,
    ) -> Self:
        """Make a request of paths as users write them; ``beside`` are the other files by their names above."""
        return cls(
            trial=Path(trial) if isinstance(trial, str) else trial,
            model=Path(model) if isinstance(model, str) else model,
            parameters=parameters or Parameters(),
            **{name: Path(path) for name, path in beside.items() if path is not None},
        )

    @property
    def names_forces(self) -> bool:
        """Whether ground forces come from a file of their own."""
        return self.grf is not None or self.external_loads is not None


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Who reads the files of a request; plugins' readers and engines among them.

    Attributes
    ----------
    trial
        Reads the recording that a request names, with what it knows of the files beside it.
    model
        Loads a model with a leg at least, its parts named as a file says that may be given.
    muscle_solvers
        Names of the muscle solvers that there are.
    muscle_groups, silent_cases
        Groups of muscles and cases of the ablation that plugins offer.
    """

    trial: Callable[[Request], Trial]
    model: Callable[[Path, Path | None], Model]
    muscle_solvers: Collection[str]
    muscle_groups: Mapping[str, Collection[str]] = field(default_factory=dict)
    silent_cases: Mapping[str, Collection[str]] = field(default_factory=dict)
