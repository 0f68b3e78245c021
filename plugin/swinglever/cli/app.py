"""The command line: its verbs, and how it ends."""

import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from swinglever.cli.addon import addon
from swinglever.cli.analyse import analyse
from swinglever.cli.check import check
from swinglever.cli.compare import compare
from swinglever.cli.completion import completion
from swinglever.cli.demo import demo
from swinglever.cli.export import export
from swinglever.cli.plot import plot
from swinglever.cli.plugins import plugins
from swinglever.cli.predict import predict
from swinglever.cli.report import report
from swinglever.cli.scale import scale
from swinglever.cli.scene import scene
from swinglever.cli.show import show
from swinglever.cli.study import study
from swinglever.cli.verify import verify
from swinglever.cli.versions import say_version
from swinglever.errors import failure_line
from swinglever.system.endings import hear_no_more, hear_signals, is_interrupted


class _Verbs(click.Group):
    """Verbs in the order in which one meets them; ``analyze`` is ``analyse``."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = super().get_command(ctx, {"analyze": "analyse"}.get(cmd_name, cmd_name))
        return known if known is not None else self._offered(ctx).get(cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, *(name for name in self._offered(ctx) if name not in self.commands)]

    @staticmethod
    def _offered(ctx: click.Context) -> dict[str, click.Command]:
        """Ask the plugins once a command line: each is a process."""
        verbs: dict[str, click.Command] = ctx.meta.setdefault(f"{__name__}.verbs", None) or _offered_verbs()
        ctx.meta[f"{__name__}.verbs"] = verbs
        return verbs


def _offered_verbs() -> dict[str, click.Command]:
    """Verbs of the installed plugins, by name; asked for only where swinglever has no such verb, and in the help."""
    from importlib.metadata import entry_points

    if not entry_points(group="swinglever"):  # before the manager is imported: swinglever's own plugin has no verbs
        return {}
    from swinglever.plugins.manager import load_plugins

    return {name: verb for name, (_, verb) in load_plugins().offers("swinglever_verbs").items()}


@click.group(
    cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110, "show_default": True}
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=say_version, help="Show versions.")
def cli() -> None:
    """What flexed the knee? Splits the fold of the swing leg by cause, swing by swing."""


for _verb in (
    analyse,
    check,
    demo,
    scale,
    show,
    report,
    compare,
    study,
    plot,
    export,
    predict,
    verify,
    plugins,
    scene,
    addon,
    completion,
):
    cli.add_command(_verb)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process with 0 done, 1 failed on good input, 2 bad input or usage."""
    _print_anything()
    try:
        hear_signals()  # a scheduler's request to end is an interrupt like any other: children and files are cleaned up
        status = _run(arguments)
        hear_no_more()
    except KeyboardInterrupt as stop:  # while something else was being told
        _fail(_interrupted(stop), 130)
    sys.exit(status)


def _run(arguments: Sequence[str] | None) -> int | None:
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    try:
        status: int | None = cli.main(
            [a for a in given if a != "--debug"], prog_name="swinglever", standalone_mode=False
        )
        return status
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt) as stop:
        _fail(_interrupted(stop), 130)
    except BaseException as error:  # noqa: BLE001 - the last resort: one line instead of a traceback
        _tell(error, debug)


def _interrupted(stop: BaseException) -> str:
    """Say that the program was interrupted, and what was finished before."""
    notes = (*getattr(stop, "__notes__", ()), *getattr(stop.__cause__, "__notes__", ()))
    return "; ".join(["interrupted", *notes])


def _print_anything() -> None:
    """Let a terminal that does not know a letter have it written out; print nowhere where output is closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - as long as the program runs
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _tell(error: BaseException, debug: bool) -> NoReturn:
    """End with one line about what went wrong."""
    if is_interrupted():
        _fail(_interrupted(error), 130)
    # Whoever read what is printed has read enough; click, which is not asked to end the process, does so there alone.
    if isinstance(error, BrokenPipeError | SystemExit):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(141)
    if isinstance(error, click.ClickException):
        _fail(error.format_message().rstrip("."), 2)
    if debug:
        traceback.print_exc()
    for note in getattr(error, "__notes__", ()):
        click.echo(f"warning: {note}", err=True)
    _fail(*failure_line(error))


def _fail(message: str, status: int) -> NoReturn:
    hear_no_more()
    click.echo(f"error: {message}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
