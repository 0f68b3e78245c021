"""A program that never ends by itself, in several ways; run as ``python endless.py WAY FOLDER``."""

import os
import sys
import time
from pathlib import Path

from swinglever.system import endings
from swinglever.system.partner import partner_of
from swinglever.system.scratch import scratch_folder


def wait(folder: str) -> None:
    """Note who waits, and wait."""
    Path(folder, f"{os.getpid()}.child").touch()
    time.sleep(3600)


def deaf(folder: str) -> None:
    """Wait, and drop every interrupt, as Python does inside callbacks."""
    with scratch_folder() as scratch:
        (scratch / "much").write_text("x")
        Path(folder, "1.child").touch()
        while True:
            try:
                time.sleep(3600)
            except KeyboardInterrupt:
                continue


def calling_back(folder: str) -> None:
    """Wait in a callback, where Python drops an interrupt, and then outside of it."""

    class Held:
        def __del__(self) -> None:
            Path(folder, "1.child").touch()
            time.sleep(3600)

    Held()
    time.sleep(3600)


def executing(folder: str) -> None:
    """Wait in a text that Python runs, as those are that dataclasses are made by."""
    exec("import time; child.touch(); time.sleep(3600)", {"child": Path(folder, "1.child")})


if __name__ == "__main__":
    if sys.argv[1] == "beginning":
        endings.end_at_once()
        wait(sys.argv[2])
    endings.hear_signals()
    sys.path.insert(0, str(Path(__file__).parent))
    from endless import wait as named  # a child imports it by this name

    try:
        if sys.argv[1] == "deaf":
            deaf(sys.argv[2])
        if sys.argv[1] == "executing":
            executing(sys.argv[2])
        if sys.argv[1] == "calling_back":
            calling_back(sys.argv[2])
        with partner_of(2) as one, partner_of(2) as two, partner_of(2) as three:
            for answer in [partner.begin(named, sys.argv[2]) for partner in [one, two, three] * 3]:
                answer()
    except KeyboardInterrupt:
        endings.hear_no_more()
        sys.exit(130)
