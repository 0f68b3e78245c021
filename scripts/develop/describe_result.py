"""What is in a result file? Prints docs/result-file.md, out of what the records say of themselves."""

import argparse
from collections.abc import Iterator
from itertools import groupby

from swinglever.output.layout import Entry, layout
from swinglever.output.store import SCHEMA
from swinglever.records.fields import FIXED

AXES = "\n".join(
    f"- `{name}`: {', '.join(entries)}" for name, entries in FIXED.items() if name not in ("row", "column")
)
HEAD = f"""\
# The result file

`swinglever analyse --out run.h5` writes one HDF5 file; this is schema {SCHEMA}. Values are in SI units and radians,
texts in UTF-8, what is undefined is nan. The file is written whole or not at all, its structure and its numbers
carry checksums, and a file of another schema is refused in one line.

## Swings lie on one another

Every array has its dimensions by name. An array of the swings has the dimension `swing` first, and time last:
`knee_flexion_rad (swing, scope, source, percent)` is the knee flexion that each source made, in each scope, of each
swing, at each percent of the swing. What a swing does not have is nan, or an empty text. xarray opens the whole
file with its labels:

```python
import xarray

tree = xarray.open_datatree("run.h5", engine="h5netcdf")
causes = tree["attribution"].to_dataset()
causes.knee_flexion_rad.sel(swing="r_3", scope="leg", source="semimem")
causes.knee_flexion_rad.sel(swing="r_3", scope="shank").groupby(causes.group).sum()
```

The labels `swing` and `percent` stand at the root, and every group sees them; other labels stand in their group, or in
the one above. Some are the same everywhere:

{AXES}

## One name for both legs

A muscle, a source or a coordinate of the swing leg has one label, whichever leg that is: `semimem` stands for
`semimem_r` in swings of the right leg and for `semimem_l` in those of the left. What belongs to the other leg ends
in `_other_side`; a name without a side stays as it is. The attribute `names` of the label array has the place of
the side: `semimem_{{side}}`, `soleus_{{other}}`. `sl.read_report` gives the model's own names back.

`NAME_order (swing, ..., NAME)` stands beside an array where swings differ in what they have, or in which order: the
place of each entry among the swing's own, from 0, and -1 where the swing has none. `present` says the same of a
whole record. A field that has one value for all swings is kept once, without the dimension `swing`, or as an
attribute of its group.

## What arrays are rounded to

Arrays are kept in single precision and rounded to a power of two (the column *rounded to*, in the array's unit, and
the attribute `rounded_to`), far below what any input leaves uncertain: digits that mean nothing cannot be packed.
An empty cell means that nothing is rounded. What a verdict rests on, events, joint angles and net moments, the
coordinates of the whole trial, and every single number, is kept in full.

## For viewers

- `twist` stands for a pose: a rotation vector in ground axes (rad), and the origin (m) in the frame of the body
  before it in the list; that of the first body in ground.
- `/playback/paths` has each point of a muscle's path as its place in the body that it rests on; as its share of the
  way between its neighbours, where it was laid on a straight piece; or frame by frame, where it is neither.
- Surfaces lie end to end; `vertex_count`, `corner_count` and `face_count` say where one ends and the next begins.
- What an array of the playback would repeat is left out: the times and the lever of a swing are those of `/swings`,
  `/motion` and `/lever`.
- `analyse --playback full|thin|none` says how much of this there is, and the attribute `parameters` what was kept:
  `thin` has 60 poses a second at most and only the ghosts that page and scene show first; `none` has no `/playback`, so
  that there is no scene and no figure that moves, and all numbers and curves stay. Not given, trials up to 60 s are
  kept in full, those up to five minutes are thinned, and longer ones keep none, with a warning that says so.

## Attributes of the root

`format` ("swinglever"), `schema`, `swinglever_version`, `opensim_version`, `created_utc`, `command`, `trial_name`,
`trial_sha256`, `model_name`, `model_sha256`, `mass_kg`; and as JSON `parameters`, `plugins`, `warnings`, `timing`
(seconds by stage) and `metrics` (of the trial as a whole).

## Groups
"""


def cells(entry: Entry) -> Iterator[str]:
    """Give the cells of a row; an attribute has no dimensions."""
    yield f"`{entry.name}`"
    yield "attribute" if entry.dimensions is None else ", ".join(entry.dimensions)
    yield entry.unit
    yield entry.rounded
    yield entry.meaning
    yield str(entry.since)


def page() -> str:
    """Give the whole page."""
    parts = [HEAD]
    for group, entries in groupby(layout(), key=lambda entry: entry.group):
        rows = [f"| {' | '.join(cells(entry))} |" for entry in entries]
        head = "| name | dimensions | unit | rounded to | what | since |\n|---|---|---|---|---|---|"
        parts.append("\n".join([f"### `{group}`\n", head, *rows, ""]))
    return "\n".join(parts)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(page(), end="")
