"""Numbers for people: as many digits as their spread deserves, with units as a coach reads them."""

import math

import numpy as np

from swinglever.metrics.legs import LegValue

_UNITS = {"1": "", "deg": "°", "deg/s": "°/s", "kg m2": "kg m²"}


def unit_text(unit: str) -> str:
    """Give a unit as people write it, with the blank that goes before it."""
    told = _UNITS.get(unit, unit)
    return told if told.startswith("°") or not told else f" {told}"


def value_text(value: float, spread: float = float("nan")) -> str:
    """Give a number with one digit more than its spread's first, three significant digits without a spread.

    Examples
    --------
    >>> value_text(104.37, 3.4), value_text(0.5861, 0.0219), value_text(9.7), value_text(1447.0, 50.0)
    ('104.4', '0.586', '9.70', '1447')
    """
    return _fixed(value, _decimals(value, spread))


def _decimals(value: float, spread: float = float("nan")) -> int:
    """Decimals that a spread deserves, and not more than five significant digits: no result here is known better."""
    scale = spread if np.isfinite(spread) and spread > 0 else abs(value) / 10.0
    if not np.isfinite(value) or not scale > 0:
        return 1
    most = max(4 - math.floor(math.log10(abs(value))), 0) if value else 2
    return min(max(1 - math.floor(math.log10(scale)), 0), most)


def _fixed(value: float, decimals: int) -> str:
    if not np.isfinite(value):
        return "–"
    text = f"{value:.{decimals}f}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def spread_text(value: LegValue) -> str:
    """Give mean ± standard deviation with unit, and the band of varied inputs where there is one."""
    mean, sd = value.mean, value.sd
    if not np.isfinite(mean):
        return f"– ({'; '.join(value.reasons)})" if value.reasons else "–"
    decimals = _decimals(mean, sd)
    told = _fixed(mean, decimals)
    if np.isfinite(sd):
        told += f" ± {_fixed(sd, decimals)}"
    if np.isfinite(value.p05):
        told += f" [{_fixed(value.p05, decimals)} to {_fixed(value.p95, decimals)}]"
    return told + unit_text(value.unit)
