"""Runs the command line: as ``python -m swinglever``, and as the program ``swinglever``."""

import gc

from swinglever.system.endings import end_at_once


def run() -> None:
    """Run it; an interrupt while it is imported has nothing to tidy up."""
    end_at_once()
    from swinglever.cli.app import main

    try:
        main()
    finally:
        gc.freeze()  # Python would look through all that is left for circles, twice, before it ends


if __name__ == "__main__":
    run()
