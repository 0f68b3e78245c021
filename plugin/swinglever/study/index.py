"""``study.h5``: one file through which every result of a study is reached."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import h5py
import numpy as np

from swinglever import __version__
from swinglever.study.conduct import Told
from swinglever.study.store import RESULT
from swinglever.system.whole_files import write_whole

if TYPE_CHECKING:
    import pandas as pd


def write_index(told: Sequence[Told], trials: "pd.DataFrame", costs: "pd.DataFrame", path: Path) -> Path:
    """Write the index of a study.

    Notes
    -----
    ``/trials`` holds the columns of the table of trials and of what each cost; ``/results/NAME`` leads to the result
    file of a trial (an external link, from the index's folder): ``file["results/NAME/swings/verdict"]``.
    """
    with h5py.File(uuid4().hex, "w", driver="core", backing_store=False, libver=("v110", "v110")) as file:
        file.attrs["format"], file.attrs["swinglever_version"] = "swinglever study", __version__
        group = file.create_group("trials")
        for table in (trials, costs.drop(columns="trial")):
            for name in table.columns:
                _write_column(group, str(name), table[name])
        results = file.create_group("results")
        for each in told:
            if each.outcome.status == "done":
                # A slash in a name makes groups, as folders do.
                results[each.asked.name] = h5py.ExternalLink(f"results/{each.outcome.address}/{RESULT}", "/")
        file.flush()
        write_whole(path, file.id.get_file_image())
    return path


def _write_column(group: Any, name: str, values: "pd.Series[Any]") -> None:
    if values.dtype.kind in "fiu":
        group[name] = values.to_numpy()
    else:
        group.create_dataset(name, data=np.array([str(v) for v in values], object), dtype=h5py.string_dtype())
