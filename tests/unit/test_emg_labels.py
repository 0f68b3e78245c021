"""Names of EMG channels as laboratories write them: what is certain is known, what is not is asked for."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from swinglever.checks.emg import known_sides
from swinglever.emg.channels import read_channels
from swinglever.emg.labels import places
from swinglever.errors import InputError
from swinglever.records.parameters import Parameters

SETS = tomllib.loads((Path(__file__).parents[1] / "reference/emg_labels.toml").read_text(encoding="utf-8"))["set"]
OPEN = ("ask", "none")


def answers(labels: Mapping[str, str]) -> dict[str, str]:
    """What is made of every label: a place and a side, a dash for none; ``ask`` where it is open or unknown."""
    found = {c.name: c for c in read_channels(tuple(labels), ())}
    return {
        label: f"{c.site.name} {c.side or '-'}" if (c := found.get(label)) and not c.may_be else "ask"
        for label in labels
    }


def judged(labels: Mapping[str, str]) -> dict[str, str]:
    """Whether each label's answer is ``right``, ``asked`` though a person would know, or ``wrong``."""
    verdicts = {}
    for label, answer in answers(labels).items():
        expected = "ask" if labels[label] in OPEN else labels[label]
        verdicts[label] = "right" if answer == expected else "asked" if answer == "ask" else "wrong"
    return verdicts


@pytest.mark.parametrize("entry", SETS, ids=[entry["style"] for entry in SETS])
def test_no_label_of_a_laboratory_is_misread(entry: dict[str, Mapping[str, str]]) -> None:
    verdicts = judged(entry["labels"])
    assert "wrong" not in verdicts.values(), {
        k: answers(entry["labels"])[k] for k, v in verdicts.items() if v == "wrong"
    }


def test_one_label_is_asked_for_that_a_person_would_know() -> None:
    """Prints the table. The one is a path in a model's output, and the model is not at hand."""
    counts: Counter[str] = Counter()
    print(f"\n{'style':60s} right  asked  wrong")
    for entry in SETS:
        mine = Counter(judged(entry["labels"]).values())
        print(f"{entry['style']:60s} {mine['right']:5d}  {mine['asked']:5d}  {mine['wrong']:5d}")
        counts += mine
    total = f"all {counts.total()} labels in {len(SETS)} sets"
    print(f"{total:60s} {counts['right']:5d}  {counts['asked']:5d}  {counts['wrong']:5d}")
    assert counts.total() >= 200
    asked = [label for entry in SETS for label, verdict in judged(entry["labels"]).items() if verdict == "asked"]
    assert asked == ["/forceset/soleus_r/activation"]


def test_the_places_of_the_table_are_known_ones() -> None:
    named = {answer.split()[0] for entry in SETS for answer in entry["labels"].values() if answer not in OPEN}
    assert named <= set(places())


def test_a_user_says_what_a_channel_is() -> None:
    """Under its name as the file has it; the muscle of a model too; what cannot be read is refused."""
    names = ("LHAM", "Sensor 3", "RF_R", "Ch 9")
    meanings = {"LHAM": "right lateral hamstrings", "Sensor 3": "semiten_r", "Ch 9": "none"}
    found = read_channels(names, ("semiten_r",), meanings)
    assert [(c.name, c.column, c.side, c.site.name) for c in found] == [
        ("LHAM", 0, "r", "lateral_hamstrings"),
        ("Sensor 3", 1, "r", "semiten"),
        ("RF_R", 2, "r", "rectus_femoris"),
    ]
    with pytest.raises(InputError, match="no channel 'LHAMS'; there are"):
        read_channels(names, (), {"LHAMS": "none"})
    with pytest.raises(InputError, match="expected a muscle for 'LHAM', as in 'right biceps femoris'"):
        read_channels(names, (), {"LHAM": "LHAM"})
    with pytest.raises(InputError, match="emg_names: expected a table"):
        Parameters.from_table({"emg_names": "LHAM"})


def test_what_is_open_is_asked_for_with_what_answers_it() -> None:
    """Lateral hamstrings or left ones; an answer for the whole leg where no label has a side."""
    channels, faults = known_sides(read_channels(("LHAM", "RF_R", "VL_R"), ()), Parameters(), "e.sto")
    assert [c.name for c in channels] == ["RF_R", "VL_R"]
    assert [(f.severity, f.code) for f in faults] == [("warning", "emg-names")]
    assert "got 'LHAM', which may be lateral hamstrings or left hamstrings; left out" in str(faults[0])
    assert "under [emg_names] in the file of --config, as in 'LHAM' = 'lateral hamstrings'" in str(faults[0])
    camargo = next(entry["labels"] for entry in SETS if entry["style"] == "Camargo 2021")
    assert known_sides(read_channels(tuple(camargo), ()), Parameters(), "e.sto")[0] == ()
    right, _ = known_sides(read_channels(tuple(camargo), ()), Parameters(side="r"), "e.sto")
    assert len(right) == 10
    assert {c.side for c in right} == {"r"}
