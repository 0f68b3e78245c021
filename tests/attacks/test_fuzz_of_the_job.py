"""Random changes of the main job's files end in one line, or are done with a warning; the endings are told apart."""

import runpy
from pathlib import Path

import pytest

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "develop" / "count_attacks.py"), run_name="script")


@pytest.mark.parametrize("number", range(4))
def test_a_random_change_of_the_inputs_ends_as_a_run_should(number: int) -> None:
    *_, attack = SCRIPT["fuzz"](1, number + 1)
    kind, said = SCRIPT["run"](attack, 600.0)
    assert kind not in SCRIPT["UNEXPECTED"], f"{attack.name}: {said}"


def test_endings_of_check_and_of_python_are_told_apart() -> None:
    kind = SCRIPT["class_of"]
    assert kind(2, "error: no number\n1 found", "", "swinglever check run.trc")[0] == "clear"
    assert kind(2, "", "", "swinglever check run.trc")[0] == "lines"
    shown = "Traceback (most recent call last):\n  File 'plugin/swinglever/x.py'\n"
    assert kind(1, "", shown + "swinglever.errors.InputError: damaged", "python read.py")[0] == "clear"
    assert kind(1, "", shown + "KeyError: 'x'", "python read.py")[0] == "traceback"
    assert kind(1, "", shown + "swinglever.errors.InputError: damaged", "swinglever analyse run.trc")[0] == "traceback"


@pytest.mark.parametrize(
    ("status", "out", "err", "kind"),
    [
        (2, "", "error: expected a number, got 'x'", "clear"),
        (2, "", "error: one\nerror: two", "lines"),
        (3, "", "error: one", "lines"),
        (1, "", "error: KeyError; this should not happen: run again with --debug", "should not happen"),
        (1, "", "Traceback (most recent call last):\n  File", "traceback"),
        (139, "", "", "crash"),
        (-11, "", "", "crash"),
        (0, '{"warnings": ["swings left out"]}', "", "told"),
        (0, '{"warnings": []}', "", "quiet"),
        (0, '{"warnings": [], "peak": NaN}', "", "garbage"),
        (0, "swing  peak", "", "garbage"),
    ],
)
def test_endings_are_told_apart(status: int, out: str, err: str, kind: str) -> None:
    assert SCRIPT["class_of"](status, out, err, "swinglever analyse --json")[0] == kind


def test_a_seed_always_gives_the_same_changes(tmp_path: Path) -> None:
    laid: list[object] = []
    for place in (tmp_path / "one", tmp_path / "other"):
        place.mkdir()
        for attack in SCRIPT["fuzz"](3, 5):
            attack.lay(place)
            found = {path.name: path.read_bytes() for path in place.iterdir()}
            laid.append((attack.name, attack.command, found))
    assert laid[:5] == laid[5:]
