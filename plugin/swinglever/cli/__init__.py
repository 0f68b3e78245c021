"""The command line: a verb a function; verbs parse, call and print."""

from swinglever.cli.app import main

__all__ = ["main"]
