"""Runs the command line as ``python -m swinglever``."""

from swinglever.cli import main

main()
