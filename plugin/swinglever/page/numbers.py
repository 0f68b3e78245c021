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
    if not np.isfinite(value):
        return "–"
    scale = spread if np.isfinite(spread) and spread > 0 else abs(value) / 10.0
    digits = min(max(1 - math.floor(math.log10(scale)), 0), _most_digits(value)) if scale > 0 else 1
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def _most_digits(value: float) -> int:
    """Decimals of five significant digits: no result here is known better."""
    return max(4 - math.floor(math.log10(abs(value))), 0) if value else 2


def spread_text(value: LegValue) -> str:
    """Give mean ± standard deviation with unit, and the band of varied inputs where there is one."""
    mean, sd = value.mean, value.sd
    if not np.isfinite(mean):
        return f"– ({'; '.join(value.reasons)})" if value.reasons else "–"
    told = value_text(mean, sd)
    if np.isfinite(sd):
        told += f" ± {value_text(sd, sd)}"
    if np.isfinite(value.p05):
        told += f" [{value_text(value.p05, sd)} to {value_text(value.p95, sd)}]"
    return told + unit_text(value.unit)
