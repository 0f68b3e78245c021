"""Runs the command line: as ``python -m swinglever``, and as the program ``swinglever``."""

from swinglever.system.endings import end_at_once


def run() -> None:
    """Run it; an interrupt while it is imported has nothing to tidy up."""
    end_at_once()
    from swinglever.cli.app import main

    main()


if __name__ == "__main__":
    run()
