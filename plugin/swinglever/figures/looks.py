"""Looks of the figures: widths, type, and colours that colour-blind eyes keep apart."""

from collections.abc import Mapping, Sequence
from typing import Any

from swinglever.errors import InputError, how_to_install

DOUBLE_COLUMN_MM = 180.0
"""Width of two columns in most journals; one column is 85 mm."""

STYLE: Mapping[str, Any] = {
    "font.size": 7.0,
    "font.family": "sans-serif",
    "axes.titlesize": 7.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.2,
    "legend.frameon": False,
    "legend.fontsize": 6.5,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "swinglever",
    "savefig.dpi": 600,
    "axes.unicode_minus": True,
}
"""What matplotlib is told: text stays text in vector files, and the same figure gives the same file."""

COLOURS: Mapping[str, str] = {
    "hamstrings": "#D55E00",
    "other_knee_flexors": "#E69F00",
    "knee_extensors": "#8A4FA3",
    "hip_flexors": "#0072B2",
    "hip_extensors": "#009E73",
    "ankle_muscles": "#7A6A3A",
    "initial": "#56B4E9",
    "gravity": "#6B6F76",
    "proximal": "#3D49B8",
    "foot": "#CC79A7",
    "knee_moment": "#D55E00",
    "hip_moment": "#0072B2",
    "recorded": "#000000",
    "silent_hamstrings": "#D55E00",
    "silent_knee_crossing_muscles": "#009E73",
    "no_hip_muscles": "#0072B2",
}
"""Okabe and Ito's palette (2008, *Color Universal Design*), and shades between; by curve."""

_SPARE = ("#56B4E9", "#CC79A7", "#E69F00", "#6B6F76", "#F0A8D0", "#7A6A3A")


def colour_of(key: str, number: int = 0) -> str:
    """Give a curve's colour; one without its own takes a spare one."""
    return COLOURS.get(key.removesuffix("_passive"), _SPARE[number % len(_SPARE)])


def pyplot() -> Any:
    """Give matplotlib's pyplot.

    Raises
    ------
    InputError
        Where it is not installed, with what installs it.
    """
    try:
        from matplotlib import pyplot as plt
    except ImportError:
        raise InputError(f"figures need matplotlib; install it with {how_to_install('plot')}") from None
    return plt


def sheet(
    rows: int, columns: int, height_mm: float, *, share: bool = False, widths: Sequence[float] | None = None
) -> tuple[Any, Any]:
    """Figure and axes (rows, columns) over two columns of a journal."""
    plt = pyplot()
    with plt.rc_context(dict(STYLE)):
        figure, axes = plt.subplots(
            rows,
            columns,
            figsize=(DOUBLE_COLUMN_MM / 25.4, height_mm / 25.4),
            squeeze=False,
            sharey=share,
            layout="constrained",
            width_ratios=widths,
        )
    return figure, axes
