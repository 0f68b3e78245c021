"""A second process makes calls meanwhile; what it is told once it knows, and what goes wrong there is an error here."""

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.unit.processes import is_alive, until

from swinglever.errors import EngineError, InputError, OutputError
from swinglever.system.partner import Partner, partner_of

HERE = str(Path(__file__).parent)


@pytest.fixture
def partner(monkeypatch):
    """Let it import this module by its name."""
    monkeypatch.syspath_prepend(HERE)
    for function in (who, pair, refuse, fail, crash, rest):
        monkeypatch.setattr(function, "__module__", Path(__file__).stem)
    with partner_of(2) as found:
        yield found


def who():
    return os.getpid(), "colorsys" in sys.modules


def pair(array, other):
    return array, 2 * other


def refuse():
    raise InputError("expected a model, got a spoon")


def fail():
    raise KeyError("spoon")


def rest():
    print("resting", flush=True)
    time.sleep(3600)


def crash():
    print("about to crash", flush=True)
    os.kill(os.getpid(), signal.SIGSEGV)


def test_one_job_has_no_partner():
    with partner_of(1) as partner:
        assert partner is None


def test_a_partner_that_is_known_is_given_and_lasts_longer_than_the_block(partner):
    with partner_of(2, partner) as same:
        assert same is partner
    assert partner.begin(who)()


def test_calls_are_made_by_one_other_process_that_ends_with_the_block(partner):
    first, second = (partner.begin(who) for _ in range(2))
    assert second() == first()
    process, has_imported = partner.begin(who)()
    assert process != os.getpid()
    assert not has_imported
    partner.prepare("colorsys")
    assert partner.begin(who)() == (process, True)
    partner.end()
    until(lambda: not is_alive(process))


def test_what_is_shared_comes_back_as_the_same_object_and_the_rest_as_it_was(partner):
    shared, later, plain = np.arange(3.0), np.arange(4.0), np.arange(5.0)
    partner.share(shared)
    again, doubled = partner.begin(pair, {"is": shared}, plain)()
    assert again["is"] is shared
    assert doubled.tolist() == (2 * plain).tolist()
    partner.share(shared, later)
    both, _ = partner.begin(pair, [shared, later, plain], plain)()
    assert both[0] is shared
    assert both[1] is later
    assert both[2] is not plain
    assert both[2].tolist() == plain.tolist()


def test_errors_there_are_errors_here_and_it_goes_on(partner):
    with pytest.raises(InputError, match="expected a model, got a spoon"):
        partner.begin(refuse)()
    with pytest.raises(EngineError, match="KeyError: 'spoon'"):
        partner.begin(fail)()
    assert partner.begin(who)()


def test_one_that_takes_too_long_is_told_with_its_last_words(partner):
    partner.begin(who)()
    with pytest.raises(EngineError, match=r"rest did not end within 1 s; its last words: resting"):
        partner.begin_within(1.0, rest)()


def test_its_crash_is_told_with_its_last_words_and_it_begins_anew_once_ended(partner):
    with pytest.raises(EngineError, match=r"crash crashed \(Segmentation fault\); its last words: about to crash"):
        partner.begin(crash)()
    partner.end()
    partner.share(shared := np.arange(3.0))
    assert partner.begin(pair, shared, 1)()[0] is shared


def test_it_leaves_nothing_behind(partner, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    partner.begin(who)()
    folder, _ = partner.start()
    assert folder.exists()
    partner.end()
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_no_room_for_a_call_is_told(tmp_path):
    partner = Partner()
    partner._at = (tmp_path / "nowhere", None)
    with pytest.raises(OutputError, match=r"cannot write into .*No such file.* make room there, or set TMPDIR"):
        partner.begin(who)
