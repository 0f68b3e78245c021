"""A BIDS tree as a study: its recordings of motion, each with the model, EMG and setups that belong to it.

BIDS has no place for musculoskeletal models and setups: they stand in ``sourcedata/``, that may hold anything. A
trial's is the one whose name and folders say no other subject, session or task than the trial's, the nearest of them.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from swinglever.errors import InputError
from swinglever.readers.bids import DESCRIPTION, entities_of, read_channels, read_rows
from swinglever.readers.emg_bids import emg_beside
from swinglever.study.columns import RESERVED

_SOURCES = {"grf": "_grf.mot", "external_loads": "_grf.xml", "ik_setup": "_ik.xml"}
"""Files of ``sourcedata`` by their endings; forces of a ``_physio.tsv.gz`` beside the motion are read with it."""
_WANTED = {"POS", "JNTANG"}
_LABELS = {"ses": "session", "acq": "acquisition", "run": "run", "tracksys": "tracksys"}

DERIVATIVES = Path("derivatives/swinglever")
"""Where a study of a BIDS tree goes."""


def is_bids(folder: Path) -> bool:
    """Whether a folder is a BIDS data set."""
    return (folder / DESCRIPTION).is_file()


def bids_rows(folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give a row of a manifest for each recording of motion.

    ``condition`` is the task; session, acquisition, run and tracking system are columns, as is what
    ``participants.tsv`` tells of the subject.
    """
    people = _people(folder)
    for motion in sorted(folder.glob("sub-*/**/*_motion.tsv")):
        entities = entities_of(motion.name)
        row: dict[str, Any] = {
            "name": motion.name.removesuffix("_motion.tsv"),
            "trial": motion.relative_to(folder).as_posix(),
            "model": _source(folder, entities, ".osim"),
            "subject": entities.get("sub", ""),
            "condition": entities.get("task", ""),
        }
        row |= {label: entities[key] for key, label in _LABELS.items() if key in entities}
        row |= people.get(f"sub-{entities.get('sub', '')}", {})
        found = {role: _source(folder, entities, ending) for role, ending in _SOURCES.items()}
        row |= {role: path for role, path in found.items() if path}
        emg = emg_beside(motion)
        row |= {"emg": emg.relative_to(folder).as_posix()} if emg is not None else {}
        yield str(motion), row | _left_out(motion, row)


def _left_out(motion: Path, row: Mapping[str, Any]) -> dict[str, str]:
    """Leave out a tracking system that tracks no positions or angles, as one of accelerometers does."""
    try:
        kinds = {channel["type"] for channel in read_channels(motion)}
    except InputError:
        kinds = _WANTED  # the trial fails, and says why
    if kinds & _WANTED:
        return {} if row["model"] else {"model": "sourcedata/model.osim"}
    return {"skip": f"its channels are {', '.join(sorted(kinds))}: no positions, no joint angles", "model": "none"}


def _source(folder: Path, entities: Mapping[str, str], ending: str) -> str:
    """Give the nearest file of ``sourcedata`` with an ending, that is of no other subject, session or task."""
    source = folder / "sourcedata"
    found = list[tuple[int, str]]()
    for file in source.glob(f"**/*{ending}"):
        told = dict(entities_of("_".join(file.relative_to(source).parts)))
        if told.items() <= entities.items():
            found.append((len(told), file.relative_to(folder).as_posix()))
    nearest = sorted(path for count, path in found if count == max(number for number, _ in found))
    if len(nearest) > 1:
        raise InputError(f"expected one file *{ending} for sub-{entities.get('sub')}, got {', '.join(nearest[:3])}")
    return nearest[0] if nearest else ""


def _people(folder: Path) -> dict[str, dict[str, str]]:
    """What ``participants.tsv`` tells of each subject."""
    path = folder / "participants.tsv"
    if not path.is_file():
        return {}
    rows = {row.pop("participant_id", ""): row for row in read_rows(path)}
    own = {"subject", "condition", "trial", "name", "model", *RESERVED, *_LABELS.values()}
    return {who: {f"participant_{k}" if k in own else k: v for k, v in row.items()} for who, row in rows.items()}
