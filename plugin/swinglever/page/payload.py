"""Arrays for the page: sixteen-bit steps, differences, deflate, base64; the page's script undoes it."""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from swinglever.arrays import Floats

_NAN = -32768
"""Stands for nan; the values use -32767 to 32767."""


@dataclass(frozen=True, kw_only=True)
class Payload:
    """What the page's script reads of one recording.

    Attributes
    ----------
    facts
        Names, texts and numbers, as JSON.
    arrays
        Arrays by name.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Floats] = field(default_factory=dict)

    def as_json(self) -> str:
        """Give the JSON text, safe between script tags whatever names the recording has."""
        index, parts, offset = {}, [], 0
        for name, array in self.arrays.items():
            packed, scale, middle = pack(array)
            index[name] = {"shape": list(array.shape), "offset": offset, "scale": scale, "middle": middle}
            parts.append(packed)
            offset += len(packed)
        told = dict(self.facts) | {"arrays": index, "data": deflate(b"".join(parts))}
        return escape_json(json.dumps(told, allow_nan=False, ensure_ascii=False, separators=(",", ":")))


def pack(array: Floats) -> tuple[bytes, float, float]:
    """Pack an array into sixteen-bit steps of 1/65534 of its range.

    Returns
    -------
    bytes, float, float
        All low bytes, then all high bytes, of the differences along the last axis (modulo 65536); the size of a step;
        the value of step 0.

    Notes
    -----
    Neighbours in time differ little, so their differences, with like bytes beside each other, deflate to half.
    """
    values = np.asarray(array, dtype=float)
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    middle, scale = 0.5 * (low + high), max((high - low) / 65534.0, 1e-30)
    steps = np.where(np.isfinite(values), np.rint((values - middle) / scale), _NAN).astype(np.int64)
    change = np.diff(steps, axis=-1, prepend=0) if values.ndim else steps
    words = (change.ravel() & 0xFFFF).astype("<u2").view(np.uint8).reshape(-1, 2)
    return words.T.tobytes(), scale, middle


def deflate(data: bytes) -> str:
    """Compress bytes (zlib) into base64 text."""
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def escape_json(text: str) -> str:
    """Write the characters that could end a script element, or a line of script, as escapes."""
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def number(value: float, digits: int = 6) -> float | None:
    """Give a number of some significant digits for JSON; None for nan."""
    return float(f"{value:.{digits}g}") if np.isfinite(value) else None
