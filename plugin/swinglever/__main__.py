"""Runs the command line as ``python -m swinglever``."""

from swinglever.cli.app import main

main()
