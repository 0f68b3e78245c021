"""Static figures of a result for papers, with matplotlib: journal width, vector, safe for colour-blind eyes."""

from swinglever.figures.draw import KINDS, Plots, save_figure

__all__ = ["KINDS", "Plots", "save_figure"]
