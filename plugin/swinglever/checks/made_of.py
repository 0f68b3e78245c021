"""The files that a result was made of, found again: by the command that it remembers, and by their checksums."""

import argparse
import hashlib
import shlex
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from swinglever.checks.request import Request
from swinglever.errors import InputError, MissingFileError
from swinglever.records.report import SwingReport

_OPTIONS = tuple(f.name.replace("_", "-") for f in fields(Request) if f.name not in ("trial", "parameters"))
"""Of `analyse`: every file of a request but the trial, which is its argument."""


def files_of(report: SwingReport, given: Mapping[str, Path | None] | None = None) -> dict[str, Path]:
    """Find the files that a result was made of.

    Parameters
    ----------
    report
        The result.
    given
        Files by their roles (``trial``, ``model``, ``grf``, ``external_loads``, …) that the user names: they go before
        those of the command. None names no file, and leaves the command's.

    Returns
    -------
    dict
        Files by their roles; trial and model are those that were analysed.

    Raises
    ------
    InputError, MissingFileError
        When the result was not made by the verb ``analyse``, or its files are not there any more, or have changed.
    """
    made = report.provenance
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for name in _OPTIONS:
        parser.add_argument(f"--{name}", type=Path)
    asked, rest = parser.parse_known_args(shlex.split(made.command))
    named_here = {role: path for role, path in (given or {}).items() if path is not None}
    found = {role: path for role, path in (vars(asked) | named_here).items() if path is not None}
    if "model" not in found:
        raise InputError(
            "expected a result that the verb 'analyse' made, as its command names the trial and the model; this one "
            f"has the command {made.command!r}"
        )
    if "trial" not in found:
        named = (Path(word) for word in rest if not word.startswith("-"))
        trial = next((path for path in named if path.is_file() and _sha256(path) == made.trial_sha256), None)
        if trial is None:
            raise MissingFileError(_lost(f"the trial '{made.trial_name}'", made.command))
        found["trial"] = trial
    demand_same(report, found)
    return found


def demand_same(report: SwingReport, files: Mapping[str, Path]) -> None:
    """See that the trial and the model are those that were analysed.

    Raises
    ------
    MissingFileError
        When one of them is not there, or has changed.
    """
    made = report.provenance
    for role, digest in (("trial", made.trial_sha256), ("model", made.model_sha256)):
        if not files[role].is_file() or (digest and _sha256(files[role]) != digest):
            raise MissingFileError(_lost(f"the {role} '{files[role]}'", made.command))


def _lost(what: str, command: str) -> str:
    return (
        f"expected {what} as it was when it was analysed, found none from the folder '{Path.cwd()}'; start where the "
        f"analysis was run: {command}"
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
