"""The verb ``demo``: the main job on the runners that come with swinglever."""

import json
import shutil
import sys
from pathlib import Path

import click

from swinglever.cli.console import print_table, progress
from swinglever.cli.options import FILE, json_option
from swinglever.cli.targets import claim_targets, force_option, made_folder
from swinglever.system.resources import model_file, models_folder


@click.command()
@click.option("--out", type=FILE, default=Path("swinglever_demo"), help="Folder for the results.")
@force_option
@json_option
def demo(out: Path, force: bool, as_json: bool) -> None:
    """Do the main job on the runners that come with swinglever: verdicts side by side, and where the results are.

    The mean of 23 runners at 3.5 m/s, and two swings simulated with a known cause, with EMG. All of them are synthetic.
    """
    with progress(13) as advance, made_folder(out):
        from swinglever.demo import demo_files, run_demo, verdict_table

        claim_targets(demo_files(out), force=force, result=True)
        found = run_demo(out, advance)
    written = [str(path) for path in found.written]
    if as_json:
        from swinglever.output import json_object

        runners = {name: json_object.as_json(report) for name, report in found.reports.items()}
        click.echo(json.dumps({"runners": runners, "written": written, "notes": list(found.notes)}, indent=1))
        return
    print_table("Synthetic runners (peak knee flexion as recorded, and without …)", *verdict_table(found.reports))
    for name, report in found.reports.items():
        click.echo(f"{name}: {report.swings[0].verdict}; {report.swings[0].verdict_reason}")
    click.echo("\n".join(["", *(f"written: {path}" for path in written), *found.notes, "", *next_steps(out)]))


def next_steps(out: Path) -> list[str]:
    """Say what to do next, with full paths, and how to make the command known to this terminal."""
    scripts, folder = Path(sys.executable).parent, out.resolve()
    runners, model = models_folder() / "runners", model_file("runner.osim")
    known = shutil.which("swinglever") is not None
    activate = scripts / ("Activate.ps1" if sys.platform == "win32" else "activate")
    trial = runners / "synthetic_pulled"
    return [
        "Next:",
        *([] if known else [f"  . {activate}   # makes swinglever a command of this terminal"]),
        f"  open {folder / 'report.html'} in a browser",
        f"  swinglever show {folder / 'pulled.h5'}",
        f"  swinglever analyse {trial}.trc --model {model} --grf {trial}_grf.mot --emg {trial}_emg.sto"
        f" --out {folder / 'with_emg.h5'}   # EMG decides what moments leave open",
    ]
