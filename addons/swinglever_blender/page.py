"""Where things stand in the picture: the title above, plots and legend beside the figure or, upright, below it.

The unit of captions is a share of the picture's width, (0, 0) is the middle; nothing here knows Blender.
"""

from dataclasses import dataclass

#: Width and height of a plot, and the free edge of the picture.
CHART_SIZE = (0.262, 0.105)
EDGE = 0.02
#: Half the height of a 16:9 picture: a title and a column of two plots and a legend fill it.
_FULL_TOP = 0.28125
#: From this height over width on, plots stand side by side below the figure.
_UPRIGHT = 1.2
_UPRIGHT_COLUMN, _TITLE = 0.40, 0.18
#: Heights in metres that the picture has room for, from below the floor to above the head, and the width of a stride.
_BELOW_M, _FIGURE_M, _STRIDE_M = 0.15, 2.2, 2.5
#: The height of a figure with a title above it and words below the belt, and the width that a stride has beside a
#: column of plots.
_TITLED_M, _BESIDE_M, _WORDED_M = 2.77, 3.6, 0.25
#: How far above the lower edge the clock begins: below the belt, or upright below the plot.
LOW = 0.014


@dataclass(frozen=True, kw_only=True)
class Page:
    """The layout of a picture.

    Parameters
    ----------
    unit
        Share of the picture's width that one caption unit takes.
    right, top
        Half the picture's width and height in caption units.
    chart_x
        Left edges of the plot and of the legends, which stand below it or beside it.
    chart_top
        Where the plot's title begins, the legends too if they stand side by side.
    side_by_side
        Whether plot and legends stand beside each other, below the figure.
    ground
        Left, bottom, width and height of the plain ground behind plots and legend.
    wrap
        Letters in a line of the verdict's reason.
    width_m, height_m, offset_m
        What the camera sees at the runner: width of the picture, its middle above the floor, and how far the middle is
        from the runner towards the plots.
    """

    unit: float
    right: float
    top: float
    chart_x: tuple[float, float]
    chart_top: float
    side_by_side: bool
    ground: tuple[float, float, float, float]
    wrap: int
    width_m: float
    height_m: float
    offset_m: float

    @property
    def left(self) -> float:
        """Where the title begins."""
        return EDGE - self.right


def lay_out(width: int, height: int) -> Page:
    """Lay out a picture of so many pixels."""
    return _upright(height / width) if height > _UPRIGHT * width else _across(height / width)


def _across(shape: float) -> Page:
    """Plots in a column at the right; in a picture wider than 16:9 all is smaller, so that the column fits."""
    unit = min(1.0, 0.5 * shape / _FULL_TOP)
    right, top = 0.5 / unit, 0.5 * shape / unit
    width_m = max(_TITLED_M / shape, _BESIDE_M / unit)
    spare_m = width_m * shape - _TITLED_M
    x, width = right - CHART_SIZE[0] - EDGE, CHART_SIZE[0] + 2 * EDGE
    return Page(
        unit=unit,
        right=right,
        top=top,
        chart_x=(x, x),
        chart_top=top - 0.010,
        side_by_side=False,
        ground=(right - width, -top, width, 2 * top),
        wrap=68,
        width_m=width_m,
        height_m=0.5 * width_m * shape - _WORDED_M - 0.5 * spare_m,
        offset_m=0.13 * width_m * unit,
    )


def _upright(shape: float) -> Page:
    """Plots side by side below the figure, as large as two of them fill the width."""
    right = CHART_SIZE[0] + 1.5 * EDGE
    unit = 0.5 / right
    top = shape * right
    floor = _UPRIGHT_COLUMN - top
    width_m = max(_FIGURE_M / (unit * (top - _TITLE - floor)), _STRIDE_M)
    return Page(
        unit=unit,
        right=right,
        top=top,
        chart_x=(EDGE - right, right - EDGE - CHART_SIZE[0]),
        chart_top=floor - EDGE,
        side_by_side=True,
        ground=(-right, -top, 2 * right, _UPRIGHT_COLUMN),
        wrap=int(68 * 2 * (right - EDGE) / 0.62),
        width_m=width_m,
        height_m=-_BELOW_M - floor * unit * width_m,
        offset_m=0.0,
    )
