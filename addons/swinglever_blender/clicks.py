"""Points that were clicked in a film, from a table: into tracks of Blender's clip, as if they were clicked there."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy

from .result import ResultError

_COLUMNS = ("name", "film_s", "x_px", "y_px")


@dataclass(frozen=True, kw_only=True)
class Click:
    """A point: the name of a body, a marker or an object, the film's time in s, and pixels from the upper left."""

    name: str
    film_s: float
    x_px: float
    y_px: float


def read_clicks(path: Path) -> list[Click]:
    """Read a table with the columns name, film_s, x_px and y_px."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ResultError(f"{path.name}: expected a table of clicked points (CSV), got {error}") from error
    try:
        return [
            Click(name=row["name"].strip(), **{column: float(row[column]) for column in _COLUMNS[1:]}) for row in rows
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ResultError(
            f"{path.name}: expected columns {', '.join(_COLUMNS)} with a number in each but the first, got {error!r}"
        ) from error


def add_clicks(root: bpy.types.Object, clicked: Sequence[Click]) -> None:
    """Put points into the clip of a result's film, a track a name."""
    clip = root.swinglever.film
    width, height = clip.size
    for click in clicked:
        frame = round(click.film_s * clip.fps) + 1
        if not 1 <= frame <= max(clip.frame_duration, 1):
            raise ResultError(f"'{click.name}' was clicked at {click.film_s:g} s, which the film has not")
        track = clip.tracking.tracks.get(click.name)
        if track is None:
            track = clip.tracking.tracks.new(name=click.name, frame=frame)
            for marker in track.markers[:]:
                if marker.frame != frame:
                    track.markers.delete_frame(marker.frame)
        place = (click.x_px / width, 1.0 - click.y_px / height)
        (track.markers.find_frame(frame, exact=True) or track.markers.insert_frame(frame)).co = place
