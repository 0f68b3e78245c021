"""Verbs of plugins from outside: called in the plugin's process, their words printed here."""

import contextlib
import io
import sys
from collections.abc import Callable, Sequence

import click


def run_verb(verb: click.Command, words: Sequence[str]) -> tuple[int, str, str]:
    """Run a verb as the command line would: exit status, and what it printed on standard output and error."""
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        try:
            status = verb.main(list(words), prog_name=f"swinglever {verb.name}", standalone_mode=False) or 0
        except click.exceptions.Exit as stop:
            status = stop.exit_code
        except click.ClickException as error:
            status = 2
            print(f"error: {error.format_message()}", file=complained)
    return int(status), said.getvalue(), complained.getvalue()


def verb_elsewhere(name: str, about: str, run: Callable[[Sequence[str]], tuple[int, str, str]]) -> click.Command:
    """Make the verb that stands for one in another process: it takes all words along, ``--help`` too."""

    def call(words: tuple[str, ...]) -> None:
        status, said, complained = run(words)
        sys.stdout.write(said)
        sys.stderr.write(complained)
        raise click.exceptions.Exit(status)

    everything = click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)
    settings = {"ignore_unknown_options": True, "allow_extra_args": True}
    return click.Command(
        name, params=[everything], callback=call, help=about, add_help_option=False, context_settings=settings
    )
