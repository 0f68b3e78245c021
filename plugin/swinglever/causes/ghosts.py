"""Legs that swing on from toe-off under other forces than the recorded ones, many side by side.

Pelvis and locked joints move as recorded, joints stop at the end of their range. What acts is up to `ablation` (forces
replayed over time) and `silencing` (activations replayed, forces answer to the new motion).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicHermiteSpline, interp1d

from swinglever.anatomy.multibody.tree import body_inertias, inverse_dynamics, mass_matrix
from swinglever.arrays import Array
from swinglever.dynamics.limb import Dynamics, Limb
from swinglever.records.parameters import Parameters
from swinglever.records.results import Ablation, Kinematics

STEPS = 50
"""Steps from toe-off to foot strike where muscles answer, 8 ms or so: four times as many move no peak by 0.2°."""

_GRACE = 1.2
"""A knee freed of its muscles folds a little longer; it has its peak by this many times the recorded folding. Later
flexion is the answer to the braking moments of late swing, which a ghost meets in the wrong place."""


@dataclass(frozen=True, kw_only=True)
class Ghosts:
    """B = swings x cases of one side, cases of a swing in a row.

    Parameters
    ----------
    dynamics, cases
        The swings, and the name of each case.
    time_s
        (S,B) instants of the integration.
    whole_q, whole_u
        (S,B,N) coordinates and speeds of the whole model as recorded.
    udot
        (S,B,n) accelerations of the limb as recorded.
    low, high
        (f) ranges of the released coordinates.
    """

    dynamics: tuple[Dynamics, ...]
    cases: tuple[str, ...]
    time_s: Array
    whole_q: Array
    whole_u: Array
    udot: Array
    low: Array
    high: Array

    @property
    def limb(self) -> Limb:
        """The leg, the same for all."""
        return self.dynamics[0].limb

    @property
    def released(self) -> list[int]:
        """The integrated coordinates (f), by index into the limb's model."""
        return list(self.limb.leg.released)

    @property
    def released_in_whole(self) -> list[int]:
        """The same, by index into the whole model."""
        return [int(k) for k in self.limb.coordinates[self.released]]

    def recorded(self) -> tuple[Array, Array, Array]:
        """Released coordinates, speeds and accelerations (S,B,f) as recorded."""
        free = self.released_in_whole
        return self.whole_q[..., free], self.whole_u[..., free], self.udot[..., self.released]

    def posture(self, sample: int, q_free: Array, u_free: Array) -> tuple[Array, Array]:
        """Coordinates and speeds (B,N) of the whole model with the ghosts' own in their places."""
        q, u, free = self.whole_q[sample].copy(), self.whole_u[sample].copy(), self.released_in_whole
        q[:, free], u[:, free] = q_free, u_free
        return q, u

    def equation(self, sample: int, q_free: Array, u_free: Array) -> tuple[Array, Array]:
        """Mass matrix (B,f,f) of the released coordinates, and M_fp udot_p + c_f - g_f (B,f)."""
        free, model = self.released, self.limb.model
        q, u = (x[:, self.limb.coordinates] for x in self.posture(sample, q_free, u_free))
        udot = self.udot[sample].copy()
        udot[:, free] = 0.0
        placed = model.place(q)
        inertias = body_inertias(placed, model.masses)
        matrix = mass_matrix(placed, inertias)[:, free][:, :, free]
        return matrix, inverse_dynamics(placed, inertias, u, udot, model.gravity)[:, free]

    def halt(self, sample: int, q: Array, v: Array) -> tuple[Array, Array, Array]:
        """Halt coordinates that left their range: an impact without rebound, which jolts the other joints as it must.

        Returns
        -------
        q, v, stops
            (B,f) coordinates and speeds after it, and which were stopped (0 or 1).
        """
        out = ((q > self.high) & (v > 0)) | ((q < self.low) & (v < 0))
        inside = np.clip(q, self.low, self.high)
        if not out.any():
            return inside, v, out.astype(float)
        matrix, _ = self.equation(sample, inside, v)
        hit = out.any(axis=1)
        held = out[hit]
        # Impulses act at the stopped joints only: solve for them so that these joints' speeds become zero.
        inverse = np.linalg.inv(matrix[hit])
        among = np.where(held[:, :, None] & held[:, None, :], inverse, 0.0) + np.eye(q.shape[1]) * ~held[:, :, None]
        impulse = np.linalg.solve(among, np.where(held, -v[hit], 0.0)[..., None])
        stopped = v.copy()
        stopped[hit] += (inverse @ impulse)[..., 0]
        return inside, stopped, out.astype(float)

    def ablations(self, path: Array, speed: Array, stops: Array) -> list[dict[str, Ablation]]:
        """Record how they went, swing by swing and by case, at the swings' own samples.

        Parameters
        ----------
        path, speed, stops
            (J,B,f) coordinates and speeds at even instants from toe-off to foot strike, and where each coordinate was
            stopped (0 or 1). In between, cubics of the difference from the recording are drawn. A leg that was given
            up is nan from there on, and so is its peak.
        """
        leg, shares = self.limb.leg, np.linspace(0.0, 1.0, len(path))
        names = [self.limb.model.coordinate_names[k] for k in self.released]
        knee, hip = self.released.index(leg.knee), self.released.index(leg.hip_flexion)
        lasting = (self.time_s[-1] - self.time_s[0])[:, None]
        every = (len(self.time_s) - 1) // (len(path) - 1)
        recorded_q, recorded_v = (x[::every] for x in self.recorded()[:2])
        lost = ~np.isfinite(path)
        parting = CubicHermiteSpline(
            shares, np.where(lost, 0.0, path - recorded_q), np.where(lost, 0.0, speed - recorded_v) * lasting
        )
        given_up = interp1d(shares, lost.astype(float), axis=0)
        out: list[dict[str, Ablation]] = []
        for i, d in enumerate(self.dynamics):
            share = np.linspace(0.0, 1.0, len(d.time_s))
            q = np.clip(d.q[:, None, self.released] + parting(share), self.low, self.high)
            q[given_up(share) > 0.0] = np.nan
            last = int(_GRACE * np.argmax(d.knee_flexion_rad)) + 1
            found = {}
            for j, case in enumerate(self.cases):
                b = i * len(self.cases) + j
                flexion = leg.knee_sign * q[:, b, knee]
                peak = int(np.argmax(flexion[:last]))
                until = shares <= share[peak] + 1e-9
                found[case] = Ablation(
                    case=case,
                    time_s=d.time_s,
                    coordinate_names=tuple(names),
                    q=q[:, b],
                    knee_flexion_rad=flexion,
                    hip_flexion_rad=q[:, b, hip],
                    peak_flexion_rad=float(flexion[peak]),
                    stopped_by=tuple(n for k, n in enumerate(names) if stops[until, b, k].any()),
                )
            out.append(found)
        return out


def line_up(
    kinematics: Kinematics,
    dynamics: Sequence[Dynamics],
    cases: Sequence[str],
    parameters: Parameters,
    n_instants: int,
) -> Ghosts:
    """Put ghosts of swings of one side at toe-off.

    Parameters
    ----------
    kinematics
        The recording.
    dynamics, cases
        The swings, and the names of the cases.
    parameters
        Where the knee's stop is.
    n_instants
        Even instants from toe-off to foot strike at which the integration looks at the recording (S).
    """
    limb = dynamics[0].limb
    leg = limb.leg
    instants = np.stack([np.linspace(d.time_s[0], d.time_s[-1], n_instants) for d in dynamics], axis=1)
    q, u, udot = (np.repeat(x, len(cases), axis=1) for x in kinematics.at(instants))
    coordinates = [limb.model.coordinates[k] for k in leg.released]
    low, high = np.array([[c.minimum, c.maximum] for c in coordinates]).T
    knee = leg.released.index(leg.knee)
    stop = np.radians(parameters.knee_stop_deg)
    if leg.knee_sign > 0:
        high[knee] = stop
    else:
        low[knee] = -stop
    # A recording that already lies beyond a range must stay reproducible.
    recorded = q[..., limb.coordinates[list(leg.released)]]
    low, high = np.minimum(low, recorded.min((0, 1)) - 1e-3), np.maximum(high, recorded.max((0, 1)) + 1e-3)
    return Ghosts(
        dynamics=tuple(dynamics),
        cases=tuple(cases),
        time_s=np.repeat(instants, len(cases), axis=1),
        whole_q=q,
        whole_u=u,
        udot=udot[..., limb.coordinates],
        low=low,
        high=high,
    )


def by_side(dynamics: Sequence[Dynamics]) -> list[list[Dynamics]]:
    """Sort swings into lists of one side each."""
    sides = dict.fromkeys(d.events.side for d in dynamics)
    return [[d for d in dynamics if d.events.side == side] for side in sides]
