"""Sessions that pose estimators leave as folders: which trial is in one, and which model belongs to it.

OpenCap writes ``MarkerData/*.trc``, ``OpenSimData/Kinematics/*.mot`` and ``OpenSimData/Model/**/*_scaled*.osim``, and
did so in folders named after a pose estimator; Pose2Sim writes ``pose-3d/*.trc``, ``kinematics/*.mot`` and
``kinematics/*.osim``; AddBiomechanics ``IK/*_ik.mot`` and ``Models/match_markers*.osim``.
"""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from swinglever.errors import InputError

_ANGLES = ("OpenSimData/**/Kinematics/*.mot", "kinematics/*.mot", "IK/*_ik.mot")
_MARKERS = ("MarkerData/**/*.trc", "pose-3d/*.trc")
_MODELS = ("OpenSimData/**/Model/**/*.osim", "kinematics/*.osim", "Models/match_markers*.osim", "Models/final.osim")
_KNOWN = "OpenCap, Pose2Sim or AddBiomechanics"
_ENDINGS = (".trc", ".c3d", ".mot", ".sto")
_STATIC = ("static", "neutral", "calib")
"""Trials that a model was scaled with, in which nobody runs."""
_DEEPEST = 6
"""Folders between a session and a trial in it, and one more."""
_LEVELS, _MOST_ENTRIES = ("*", "*/*", "*/*/*", "*/*/*/*"), 10_000
"""Where a trial is looked for in a folder that is no session, to name it; and among how many names at each level."""


def open_session(trial: Path, model: Path | None) -> tuple[Path, Path]:
    """Give the trial and the model that are meant.

    Parameters
    ----------
    trial
        A file, or the folder of a session with one trial in it; joint angles go before markers, as the session's own
        inverse kinematics made them.
    model
        As the user gave it; None to look for the session's.

    Raises
    ------
    InputError
        When the folder has no trial, or several to choose from, or no model can be told.
    """
    chosen = _only_trial(trial) if trial.is_dir() else trial
    if model is not None:
        return chosen, model
    for folder in list(chosen.absolute().parents)[:_DEEPEST]:
        models = _matches(folder, _MODELS)
        scaled = [path for path in models if "scaled" in path.stem.lower()] or models
        if len(scaled) == 1:
            return chosen, scaled[0]
        if scaled:
            raise InputError(f"{folder}: expected one model, got {_told(scaled, folder)}; say which with --model")
    raise InputError(f"expected --model, got none, and '{chosen}' lies in no session of {_KNOWN} with one")


def _only_trial(folder: Path) -> Path:
    for patterns in (_ANGLES, _MARKERS):
        found = [path for path in _matches(folder, patterns) if not any(s in path.stem.lower() for s in _STATIC)]
        if len(found) == 1:
            return found[0]
        if found:
            raise InputError(f"{folder}: expected one trial, got {_told(found, folder)}; give one of these files")
    inside = _trials_in(folder)
    told = (
        f"it has {_told(inside, folder)}; give one of these files" if inside else "give a .trc, .c3d, .mot or .sto file"
    )
    raise InputError(f"expected a trial, got the folder '{folder}', no session of {_KNOWN}; {told}")


def _trials_in(folder: Path) -> list[Path]:
    """Give the trials of a folder, or of the nearest folders in it that have any."""
    for level in _LEVELS:
        found = [path for path in islice(folder.glob(level), _MOST_ENTRIES) if path.suffix.lower() in _ENDINGS]
        if found:
            return sorted(found)
    return []


def _matches(folder: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted(path for pattern in patterns for path in folder.glob(pattern) if path.is_file())


def _told(paths: list[Path], folder: Path, most: int = 8) -> str:
    names = ", ".join(str(path.relative_to(folder)) for path in paths[:most])
    return names + (f" and {len(paths) - most} more" if len(paths) > most else "")
