"""What surface electrodes on a simulated swing's leg would record: raw, noisy, in volts of an arbitrary size.

A channel is band-limited Gaussian noise whose standard deviation goes with the excitation of the muscle beneath, plus
the amplifier's own noise (Hogan & Mann 1980, *IEEE Trans. Biomed. Eng.* 27:382). The excitation is that which makes
the simulation's activation by first-order activation dynamics. The simulation knows nothing before toe-off and after
foot strike: there activation fades from and to nothing.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from scipy.signal import butter, sosfiltfilt

from swinglever.arrays import Array
from swinglever.emg.activation import excite
from swinglever.readers.storage import write_storage
from swinglever.signals import low_pass
from swinglever.synthetic.capture import SYNTHETIC
from swinglever.synthetic.simulation import SimulatedSwing

RATE_HZ = 1000.0
BAND_HZ = (20.0, 400.0)
"""Where surface EMG has its power (SENIAM, Hermens et al. 2000)."""
AMPLIFIER_V = 4e-6
"""Standard deviation of the noise without any muscle; SENIAM asks for a few microvolts."""
FADE_S = 0.1
"""Time over which activation fades outside the swing."""

SMOOTH_HZ = 25.0
"""Up to where activation is taken from the simulation, which lets it jump from step to step as no excitation could."""

ELECTRODES: Mapping[str, tuple[float, tuple[str, ...]]] = {
    "R_Biceps_Femoris": (0.62e-3, ("bflh_r",)),
    "R_Semitendinosus": (0.88e-3, ("semiten_r",)),
    "R_Rectus_Femoris": (0.41e-3, ("recfem_r",)),
    "R_Vastus_Lateralis": (0.57e-3, ("vaslat_r",)),
    "R_Vastus_Medialis": (0.74e-3, ("vasmed_r",)),
    "R_Gastrocnemius_Medialis": (0.69e-3, ("gasmed_r",)),
    "R_Soleus": (0.35e-3, ("soleus_r",)),
    "R_Tibialis_Anterior": (0.93e-3, ("tibant_r",)),
    "R_Gluteus_Maximus": (0.24e-3, ("glmax1_r", "glmax2_r", "glmax3_r")),
    "R_Gluteus_Medius": (0.31e-3, ("glmed1_r", "glmed2_r", "glmed3_r")),
}
"""Channels: standard deviation at full excitation, V, as skin and electrodes happened to make it; muscles beneath."""


def record_emg(swing: SimulatedSwing, begin_s: float, time_s: Array, seed: int) -> Array:
    """Raw signals (T, c) of every electrode, V.

    Parameters
    ----------
    swing
        As simulated.
    begin_s
        Time of the simulation at which the recording begins.
    time_s
        (T) of the recording, from zero.
    seed
        Of all noise.
    """
    random = np.random.default_rng(seed)
    excitation = _excitations(swing, begin_s + time_s)
    size = np.array([volts for volts, _ in ELECTRODES.values()])
    noise = _band_limited(random.normal(size=(2, len(time_s), len(ELECTRODES))))
    return np.asarray(size * excitation * noise[0] + AMPLIFIER_V * noise[1])


def write_emg(path: Path, swing: SimulatedSwing, span_s: tuple[float, float], seed: int) -> None:
    """Write the electrodes' signals between two times of the simulation; the file begins at zero."""
    time_s = np.arange(np.floor((span_s[1] - span_s[0]) * RATE_HZ) + 1.0) / RATE_HZ
    values = np.round(record_emg(swing, span_s[0], time_s, seed), 9) + 0.0
    write_storage(path, np.round(time_s, 6), tuple(ELECTRODES), values, header={"name": SYNTHETIC, "units": "V"})


def _excitations(swing: SimulatedSwing, time_s: Array) -> Array:
    """Mean excitation (T, c) of the muscles beneath each electrode."""
    outside = np.maximum(swing.time_s[0] - time_s, time_s - swing.time_s[-1])
    fade = 0.5 + 0.5 * np.cos(np.pi * np.clip(outside / FADE_S, 0.0, 1.0))
    columns = []
    for _, muscles in ELECTRODES.values():
        beneath = swing.activation[:, [swing.muscle_names.index(m) for m in muscles]].mean(axis=1)
        columns.append(fade * np.interp(time_s, swing.time_s, beneath))
    smooth = low_pass(np.stack(columns, axis=1), RATE_HZ, SMOOTH_HZ)
    return excite(np.clip(smooth, 0.0, 1.0), 1.0 / RATE_HZ)


def _band_limited(white: Array) -> Array:
    """Noise (..., T, c) of standard deviation one in the band of surface EMG."""
    sections = butter(2, np.array(BAND_HZ), btype="bandpass", fs=RATE_HZ, output="sos")
    noise = np.asarray(sosfiltfilt(sections, white, axis=-2))
    return np.asarray(noise / noise.std(axis=-2, keepdims=True))
