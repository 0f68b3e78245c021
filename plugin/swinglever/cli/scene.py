"""The verb ``scene``: a result in Blender, without opening it."""

from pathlib import Path
from typing import Any

import click

from swinglever.cli.console import progress, say, shows_progress
from swinglever.cli.options import FILE, json_option
from swinglever.cli.targets import claim_targets, force_option, make_folder


@click.command()
@click.argument("result", type=FILE)
@click.option("--out", type=FILE, help="Scene to write (.blend).")
@click.option("--render", type=FILE, help="Still (.png) or film (.mp4) to write.")
@click.option("--export", type=FILE, help="Rig to write for other programs (.glb, .fbx, .bvh, .usd, .abc).")
@click.option("--bones", type=click.Choice(["rigify", "mixamo", "ue", "model"]), help="Names of the rig's bones.")
@click.option("--strobe", type=click.IntRange(min=0), metavar="N", help="Freeze N poses of the swing side by side.")
@click.option("--strobe-by", type=click.Choice(["time", "phase", "angle"]), help="What is alike between poses.")
@click.option("--swing", help="Which swing, such as r_1; the first when not given.")
@click.option("--at", metavar="EVENT", help="Event that a still shows; peak_flexion when not given.")
@click.option("--colour-by", type=click.Choice(["contribution", "activation", "power"]), help="Colours of the muscles.")
@click.option("--thickness", is_flag=True, help="Muscles as thick as they pull.")
@click.option("--ghost", metavar="CASE", help="Ghost leg to show: an ablation case, or none.")
@click.option("--plot", metavar="NAME", help="Metric or curve of the file to plot in place of the causes.")
@click.option("--theme", type=click.Choice(["dark", "light"]), help="Stage.")
@click.option("--speed", type=click.FloatRange(0.0, 100.0, min_open=True), help="Share of real speed; else 0.25.")
@click.option("--opacity", type=click.FloatRange(0.0, 1.0, min_open=True), help="Of bones or skin.")
@click.option("--measured", is_flag=True, help="Show markers and ground forces.")
@click.option("--overground", is_flag=True, help="Carry a treadmill runner forward.")
@click.option("--captions/--no-captions", default=True, help="Title, plots and legend in the picture.")
@click.option("--film", type=FILE, help="The runner's own film or picture, behind the figure.")
@click.option("--film-at", metavar="EVENT=S", help="When the film shows an event, such as toe_off=1.25.")
@click.option("--film-points", type=FILE, help="Points clicked in the film (.csv: name, film_s, x_px, y_px).")
@click.option("--film-camera", type=FILE, help="Calibration of the film's camera (Calib.toml of Pose2Sim).")
@click.option("--film-camera-name", metavar="NAME", help="Its name there; the only one when not given.")
@click.option("--film-beside", is_flag=True, help="Film beside the figure instead of behind it.")
@click.option("--compare", type=FILE, help="A second result, beside this one.")
@click.option(
    "--compare-swing", metavar="SWING", help="Swing of the second result; its first of the same leg when not given."
)
@click.option("--lock", type=click.Choice(["phase", "time"]), help="What two results share.")
@click.option("--overlaid", is_flag=True, help="Lay the second result over the first.")
@click.option("--differences", is_flag=True, help="Lines between the joints of both, pelvis on pelvis.")
@click.option("--story", is_flag=True, help="A film of ten seconds: real time, then slowed round the peak.")
@click.option("--shape", type=click.Choice(["16:9", "1:1", "9:16"]), help="Of the picture, in place of --size.")
@click.option("--size", type=(click.IntRange(16), click.IntRange(16)), metavar="W H", help="Pixels of the picture.")
@click.option("--engine", type=click.Choice(["workbench", "cycles", "eevee"]), help="Blender's renderer.")
@force_option
@json_option
def scene(
    result: Path,
    out: Path | None,
    render: Path | None,
    export: Path | None,
    force: bool,
    as_json: bool,
    **looks: Any,
) -> None:
    """Make a Blender scene, a still, a film or an export of RESULT, without opening Blender."""
    from swinglever.blender.scene import FILMS, SHAPES, SceneOptions, count_frames, files_of_export, write_scene

    shape = looks.pop("shape")
    looks["size"] = looks["size"] or SHAPES.get(shape)
    options = SceneOptions(**{name: value for name, value in looks.items() if value is not None})
    target = out if out or render or export else Path(f"{result.stem or 'result'}.blend")
    for place in (target, render, export):
        if place is not None:
            make_folder(place.parent)
    claim_targets(
        [target, render, *files_of_export(export)],
        [result, options.compare, options.film, options.film_points, options.film_camera],
        force=force,
    )
    is_film = render is not None and render.suffix.lower() in FILMS and result.is_file()
    frames = count_frames(result, options) if is_film and shows_progress() else None
    with progress(frames, "Blender") as advance:
        on_frame = None if advance is None else lambda: advance("Blender")
        said = write_scene(result, scene=target, render=render, export=export, options=options, on_frame=on_frame)
    say(said, as_json, [f"written: {said[kind]}" for kind in ("scene", "render", "export") if kind in said])
