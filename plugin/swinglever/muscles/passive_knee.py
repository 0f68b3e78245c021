"""How hard muscles at rest extend the bent knee, beside what was measured on people; and how to bring it there.

Quadriceps of many models resist the bent knee several times harder than people's, and static optimization then answers
with hamstrings that do not work (Lai et al. 2017, *Ann. Biomed. Eng.* 45:2762).
"""

import numpy as np

from swinglever.arrays import Array


def published_extension_nm(knee_deg: Array | float, hip_deg: Array | float, dorsiflexion_deg: Array | float) -> Array:
    """Passive moment that extends the knee, N m; negative where it flexes.

    Parameters
    ----------
    knee_deg, hip_deg, dorsiflexion_deg
        Flexion of knee and hip, and of the ankle upwards.

    Notes
    -----
    Riener & Edrich 1999, *J. Biomech.* 32:539: ten people at rest, all tissues that cross the knee together.

    Examples
    --------
    >>> published_extension_nm(110.0, 20.0, 0.0).round(1)
    np.float64(8.0)
    """
    knee, hip, up = np.asarray(knee_deg), np.asarray(hip_deg), np.asarray(dorsiflexion_deg)
    bent = np.exp(-3.971 + 0.0004 * up + 0.0495 * knee - 0.0128 * hip)
    straight = np.exp(1.800 + 0.0460 * up - 0.0352 * knee + 0.0217 * hip) + np.exp(2.220 - 0.150 * knee)
    return np.asarray(bent + 4.820 - straight)[()]


def extensors_share(extension_nm: Array, published_nm: float) -> float:
    """Share of their passive force that leaves the extensors with what was published; one where they have no more.

    Parameters
    ----------
    extension_nm
        What the passive force of each muscle (m) extends the knee by; negative for those that flex it.
    published_nm
        Of all of them together.
    """
    by_extensors, by_flexors = extension_nm[extension_nm > 0.0].sum(), -extension_nm[extension_nm < 0.0].sum()
    if by_extensors <= 0.0:
        return 1.0
    return float(np.clip((published_nm + by_flexors) / by_extensors, 0.0, 1.0))
