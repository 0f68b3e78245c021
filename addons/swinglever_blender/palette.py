"""Colours and what they say. Written as sRGB, used as linear light."""

import numpy as np

WARM, COOL, UNFOLD, IDLE, BOTH = "#F4633A", "#3A9BFF", "#8D6BC2", "#8B9099", "#E29CA6"

#: Legend of each way to colour the muscles: title, then colour and meaning from low to high.
LEGENDS = {
    "activation": ("Muscle activation", (("#46566E", "0"), ("#C9843E", "half"), ("#FF3B30", "full"))),
    "power": (
        "Muscle power",
        (("#1FB5A8", "lengthens under load"), (IDLE, "none"), ("#FF8A1F", "shortens, does work")),
    ),
    "contribution": (
        "What folded the knee so far",
        (
            (WARM, "pulls across the knee"),
            (COOL, "through momentum"),
            (UNFOLD, "it unfolds the knee"),
        ),
    ),
}
_GROUPS = {
    "hamstrings": WARM,
    "biceps femoris short head": "#F7A072",
    "other knee flexors": "#FFC145",
    "knee extensors": UNFOLD,
    "hip flexors": COOL,
    "hip extensors": "#29C7AC",
    "momentum": COOL,
    "gravity": "#A9BF7A",
    "all others": "#7C8594",
    "unexplained": "#D66BA0",
    "knee moment": WARM,
    "hip moment": COOL,
    "ankle moment": "#B58DB6",
    "other muscles": "#6FB98F",
    "ground force": "#C9B458",
    "foot": "#A7A08B",
}
_SPARE = ("#C9B458", "#6FB98F", "#B58DB6", "#D98880")
GHOSTS = {"no_hamstrings": "#FF7AC6", "no_knee_flexor_moment": "#FF7AC6", "no_hip_flexors": "#6FE3C1"}
GHOSTS |= {"no_knee_extensors": "#C9A0FF", "no_knee_muscles": "#C9A0FF", "no_hip_muscles": "#6FE3C1"}
GHOSTS |= {"silent_hamstrings": "#FF7AC6", "silent_knee_extensors": "#C9A0FF"}
GHOSTS |= {"silent_knee_crossing_muscles": "#E8E36B"}
GHOSTS |= {"no_knee_crossing_muscles": "#E8E36B", "ballistic": "#E8E36B"}
#: Least contrast of words with their ground, level AA.
LEAST_CONTRAST = 4.5
_FULL_COLOUR = 0.1
#: Share of the folding from which on a cause is said to do it alone: twice as much as the other.
_ALONE = 2.0 / 3.0
THEMES = {
    "dark": {
        "background": "#14171C",
        "ground": "#2A2F38",
        "line": "#414957",
        "text": "#F2F3F5",
        "bone": "#D9D2BF",
        "leg": "#F3E7BF",
        "lever": "#FFD84D",
        "bob": "#FFF6D6",
        "faint": "#6B6140",
    },
    "light": {
        "background": "#F6F5F1",
        "ground": "#DAD7CE",
        "line": "#B9B5AA",
        "text": "#1D2128",
        "bone": "#B3AFA4",
        "leg": "#57504A",
        "lever": "#E89B00",
        "bob": "#7A4E00",
        "faint": "#E9CF9C",
    },
    "second": {"bone": "#5E8F8A", "leg": "#7FE0D2"},
}


def linear(colour: str, alpha: float = 1.0) -> tuple[float, float, float, float]:
    """Turn an sRGB colour such as '#F4633A' into linear red, green, blue and alpha."""
    values = np.array([int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5)])
    light = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return (float(light[0]), float(light[1]), float(light[2]), alpha)


def colour_of_group(name: str) -> str:
    """Name the colour of a group of sources; one that is not known gets a spare colour of its own."""
    plain = name.replace("_", " ").lower().removesuffix(" passive")
    return _GROUPS.get(plain, _SPARE[sum(plain.encode()) % len(_SPARE)])


def for_theme(colour: str, theme: str) -> str:
    """Darken or lighten a colour, as far as it takes, so that words in it can be read on the theme's grounds."""
    grounds = [THEMES[theme][name] for name in ("background", "ground")]
    towards = np.array([0.0 if theme == "light" else 255.0] * 3)
    own = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    for share in np.linspace(0.0, 1.0, 51):
        mixed = "#" + "".join(f"{round(part):02X}" for part in (1.0 - share) * own + share * towards)
        if min(contrast(mixed, ground) for ground in grounds) >= LEAST_CONTRAST:
            break
    return mixed


def contrast(colour: str, other: str) -> float:
    """Give the contrast of two colours, 1 to 21, as the Web Content Accessibility Guidelines define it."""
    bright, dark = sorted((_luminance(colour), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue, _ = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def blend(stops: list[str], share: np.ndarray) -> np.ndarray:
    """Mix evenly spaced colours by a share of 0 to 1, (...,) -> (..., 4) linear; nan is idle grey."""
    colours = np.array([linear(stop) for stop in stops])
    place = np.nan_to_num(np.clip(share, 0.0, 1.0)) * (len(stops) - 1)
    low = np.minimum(place.astype(int), len(stops) - 2)
    part = (place - low)[..., np.newaxis]
    mixed = (1.0 - part) * colours[low] + part * colours[low + 1]
    return np.where(np.isnan(share)[..., np.newaxis], np.array(linear(IDLE)), mixed)


def colour_activation(activation: np.ndarray) -> np.ndarray:
    """Colour activations of 0 to 1."""
    return blend([colour for colour, _ in LEGENDS["activation"][1]], activation)


def colour_power(power_w: np.ndarray) -> np.ndarray:
    """Colour powers; the 98th percentile of their size is full colour, so that one spike does not grey the rest."""
    return blend([colour for colour, _ in LEGENDS["power"][1]], 0.5 + 0.5 * power_w / _full_scale(power_w))


def colour_contribution(given: np.ndarray, crosses_knee: np.ndarray) -> np.ndarray:
    """Colour what muscles have given to knee flexion, (T, m): warm pulls, cool works through momentum, violet unfolds.

    A tenth of the muscle that gives most is full colour already: it is the story, and idle ones stay grey.
    """
    share = np.clip(given / (_FULL_COLOUR * _full_scale(given)), -1.0, 1.0)
    strength = np.sign(share) * np.sqrt(np.abs(share))  # a root, so that small shares show beside large ones
    pull, whip = (blend([UNFOLD, IDLE, colour], 0.5 + 0.5 * strength) for colour in (WARM, COOL))
    return np.where(crosses_knee[..., np.newaxis], pull, whip)


def colour_folder(folding_rad_s: np.ndarray, *, folds: np.ndarray) -> np.ndarray:
    """Colour who is folding the knee, (K, 2) speeds by pull and by momentum: rose for both, grey while it unfolds.

    There are no colours between these: blue mixed with rose is the violet of what unfolds the knee.

    `folds` (K,) tells when the knee folds. What was pulled before goes on in the speeds after the peak, where a muscle
    that pulls only slows the knee that straightens: it has folded nothing there.
    """
    gain = np.clip(folding_rad_s, 0.0, None)
    total = gain.sum(axis=1)
    known = folds & (total > 1e-9)
    share = np.divide(gain[:, 0], total, out=np.full(len(total), np.nan), where=known)
    doer = np.where(share > _ALONE, 1.0, np.where(share < 1.0 - _ALONE, 0.0, 0.5))
    return blend([COOL, BOTH, WARM], np.where(known, doer, np.nan))


def _full_scale(values: np.ndarray) -> float:
    known = np.abs(values[np.isfinite(values)])
    return max(float(np.percentile(known, 98)), 1e-9) if known.size else 1.0
