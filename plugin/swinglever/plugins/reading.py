"""Who reads the inputs of an analysis: the readers, engines and solvers that plugins offer, the built-in ones last."""

from functools import partial
from pathlib import Path

from swinglever.anatomy.model import Model
from swinglever.anatomy.naming import name_parts
from swinglever.checks.request import Readers, Request
from swinglever.errors import EngineError, ModelError, named
from swinglever.plugins.manager import Plugins, load_plugins
from swinglever.readers.names import read_names
from swinglever.records.trial import Trial


def readers(plugins: Plugins) -> Readers:
    """Give those who read the inputs of an analysis."""
    return Readers(
        trial=partial(_read_trial, plugins),
        model=lambda path, names: load_body(path, plugins, names),
        muscle_solvers=set(plugins.muscle_solvers()),
        muscle_groups=plugins.named_muscles("swinglever_muscle_groups"),
        silent_cases=plugins.named_muscles("swinglever_ablation_cases"),
    )


def _read_trial(plugins: Plugins, request: Request) -> Trial:
    given = {name: getattr(request, name) for name in ("grf", "external_loads", "ik_setup", "parameters")}
    return plugins.first("swinglever_read_trial", {"path": request.trial, **given}, Trial)


def load_body(path: str | Path, plugins: Plugins | None = None, names: str | Path | None = None) -> Model:
    """Load a model that has a leg at least, with the engine that its file's ending asks for.

    Parameters
    ----------
    path
        The model.
    plugins
        Who may load it; the installed ones when not given.
    names
        A file that says what is what in the model (``--names``).

    Raises
    ------
    MissingFileError, ModelError
        When there is no such model, or no leg in it.
    """
    path = Path(path)
    model = (plugins or load_plugins()).engine_for(path)(path)
    if not isinstance(model, Model):
        raise EngineError(f"expected the engine for '{path.suffix}' to give a Model, got {type(model).__name__}")
    if names is not None:
        model = name_parts(model, read_names(Path(names)))
    if not model.legs:
        raise ModelError(
            f"expected a model with a knee, thigh, shank and foot on one side at least, found none in '{path}'; its "
            f"coordinates are {named(model.coordinate_names, 99)}; say which is what with --names (see "
            "docs/analyse.md), or name its parts as model families do: knee_angle_r, hip_flexion_r, femur_r, tibia_r, "
            "calcn_r"
        )
    return model
