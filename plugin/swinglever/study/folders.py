"""A folder of trials without a manifest: a BIDS tree, or a folder for each subject with a file for each condition."""

from collections.abc import Iterator
from pathlib import Path

from swinglever.errors import InputError
from swinglever.records.parameters import Parameters
from swinglever.study.asked import Asked
from swinglever.study.bids import DERIVATIVES, bids_rows, is_bids
from swinglever.study.manifest import Row, asked_of, read_manifest
from swinglever.system.odd_names import is_file

_MANIFESTS = ("manifest.csv", "manifest.toml")
_TRIALS = (".trc", ".c3d")
_BESIDE = {"grf": "_grf.mot", "external_loads": "_grf.xml", "ik_setup": "_ik.xml", "emg": "_emg.sto"}
"""Files beside ``CONDITION.trc``, as ``CONDITION_grf.mot``."""


def read_study(place: Path, parameters: Parameters | None = None) -> tuple[Asked, ...]:
    """Read what a study is to analyse: a manifest, or a folder.

    Raises
    ------
    MissingFileError, InputError
        When it cannot be used, with the reason.
    """
    if not place.is_dir():
        return read_manifest(place, parameters)
    inside = next((place / name for name in _MANIFESTS if (place / name).is_file()), None)
    if inside is not None:
        return read_manifest(inside, parameters)
    rows = list(bids_rows(place) if is_bids(place) else _rows(place))
    if not rows:
        raise InputError(
            f"expected a manifest, a BIDS tree, or trials as SUBJECT/CONDITION.trc or .c3d in '{place}', found none"
        )
    return asked_of(rows, place, parameters or Parameters())


def data_set_at(place: Path) -> Path | None:
    """Give the folder of the BIDS data set that a study is of; None where it is of none."""
    return place if is_bids(place) else None


def folder_of(place: Path, out: Path | None) -> Path:
    """Give the folder of a study: where the user says; of a BIDS tree its derivatives.

    Raises
    ------
    InputError
        Where neither tells it.
    """
    if out is None and is_bids(place):
        return place / DERIVATIVES
    if out is None:
        raise InputError("expected --out with the folder of the study; only a BIDS tree has a place for it")
    return out


def _rows(folder: Path) -> Iterator[tuple[str, Row]]:
    """Give a row for each recording of each subject's folder; static trials are left out."""
    for trial in sorted(path for path in folder.glob("*/*") if path.suffix.lower() in _TRIALS):
        row = {
            "trial": str(trial.relative_to(folder)),
            "model": str(model_for(trial.parent, folder).relative_to(folder)),
        }
        row |= {"subject": trial.parent.name, "condition": trial.stem}
        beside = {role: trial.with_name(f"{trial.stem}{ending}") for role, ending in _BESIDE.items()}
        row |= {role: str(path.relative_to(folder)) for role, path in beside.items() if is_file(path)}
        yield str(trial), row | ({"skip": "a static trial"} if "static" in trial.stem.lower() else {})


def model_for(start: Path, top: Path) -> Path:
    """Give the model of a trial: the one in its folder, or in the nearest folder above it, up to the study's own.

    Raises
    ------
    InputError
        When a folder has several models, or none has any.
    """
    for folder in (start, *start.parents):
        models = sorted(folder.glob("*.osim"))
        if len(models) > 1:
            names = ", ".join(model.name for model in models[:3])
            raise InputError(f"expected one model in '{folder}', got {names}; write a manifest that names each trial's")
        if models:
            return models[0]
        if folder == top:
            break
    raise InputError(f"expected a model (.osim) in '{start}' or above it, up to '{top}', found none")
