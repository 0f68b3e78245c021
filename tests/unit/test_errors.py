"""What is said of an input is one line that somebody reads, whatever the input holds."""

from pathlib import Path

import pytest

from swinglever.errors import InputError, MissingFileError, UnknownNameError
from swinglever.readers.names import read_names
from swinglever.records.faults import error
from swinglever.records.parameters import Parameters


@pytest.mark.parametrize("kind", [InputError, MissingFileError, UnknownNameError])
def test_the_middle_of_an_endless_message_is_left_out(kind: type[Exception]) -> None:
    said = str(kind("a.trc: expected mm, got " + "[" * 10**6 + "; say --units"))
    assert len(said) < 2000
    assert said.startswith("a.trc: expected mm, got [[[")
    assert said.endswith("[[; say --units")


def test_the_middle_of_an_endless_fault_is_left_out() -> None:
    assert len(str(error("units", "a.trc", "mm", "m" * 10**6))) < 2000


@pytest.mark.parametrize("number", ["1" * 400, "1" * 5000])
def test_a_number_of_hundreds_of_digits_in_a_configuration_is_one_line(tmp_path: Path, number: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(f"filter_hz = {number}\n")
    with pytest.raises(InputError, match=r"c\.toml"):
        Parameters.from_toml(path)
    with pytest.raises(InputError, match=r"c\.toml"):
        read_names(path)


def test_a_fault_of_a_configuration_names_its_file_and_one_of_an_option_does_not(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("filter_hz = 0\n")
    with pytest.raises(InputError, match=r"c\.toml: filter_hz: expected"):
        Parameters.from_toml(path)
    path.write_text("filter_hz = 15\n")
    with pytest.raises(InputError, match=r"^side: expected"):
        Parameters.from_toml(path, side="x")
