"""Damaged files: a reader gives one line of ours, or a record that keeps its promises; never a crash or rubbish.

``python scripts/develop/fuzz_readers.py`` does the same for as long as one likes.
"""

import itertools
from pathlib import Path

import pytest
from tests.unit.readers.formats import Format, formats
from tests.unit.readers.fuzzing import attack, try_one

FORMATS = formats()


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_the_undamaged_files_are_read(tmp_path: Path, known: Format) -> None:
    for name, content in known.beside.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    for content in known.seeds():
        (tmp_path / known.file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / known.file).write_bytes(content)
        assert try_one(known, tmp_path, content).ending == "read", try_one(known, tmp_path, content).said


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_a_damaged_file_is_read_or_refused_in_one_line(tmp_path: Path, known: Format) -> None:
    for example in itertools.islice(attack(known, tmp_path, seed=0), known.examples):
        assert example.ending != "unexpected", f"{example.said}\n{example.content[:500]!r}"
