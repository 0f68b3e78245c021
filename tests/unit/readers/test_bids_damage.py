"""Side files of a BIDS tree that no program wrote end in one line."""

import pytest

from swinglever.errors import InputError
from swinglever.readers.bids import read_facts, read_rows


@pytest.mark.parametrize("text", ["{", "[]", "[" * 100_000, '"x"', ""])
def test_facts_that_are_no_object_are_one_line(tmp_path, text):
    (tmp_path / "dataset_description.json").write_text("{}")
    (tmp_path / "sub-1_motion.json").write_text(text)
    with pytest.raises(InputError, match=r"expected (JSON|a JSON object) in") as caught:
        read_facts(tmp_path / "sub-1_motion.tsv", "motion")
    assert "\n" not in str(caught.value)


def test_a_cell_beyond_all_proportion_is_one_line(tmp_path):
    (tmp_path / "sub-1_channels.tsv").write_text(f"name\ttype\n{'x' * 200_000}\tEMG\n")
    with pytest.raises(InputError, match="short cells"):
        read_rows(tmp_path / "sub-1_channels.tsv")
