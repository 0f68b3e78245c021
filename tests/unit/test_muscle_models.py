"""Laws of the muscle models: energies are integrals of forces, fibres form a parallelogram, curves have their marks."""

import numpy as np
import pytest

from swinglever.anatomy.fibres.de_groote_fregly2016 import DeGrooteFregly2016
from swinglever.anatomy.fibres.sampled import SampledCurves, quintic
from swinglever.anatomy.fibres.states import ForceCurves, MuscleParameters, Muscles, elastic_energy, fibre_states
from swinglever.anatomy.fibres.thelen2003 import Thelen2003
from swinglever.errors import ModelError

THELEN = Thelen2003(
    tendon_strain=np.array([0.033]),
    passive_strain=np.array([0.6]),
    active_shape=np.array([0.5]),
    passive_shape=np.array([4.0]),
    concentric_shape=np.array([0.3]),
    eccentric_limit=np.array([1.8]),
    linear_from=np.array([0.95]),
)
DE_GROOTE = DeGrooteFregly2016(
    tendon_strain=np.array([0.049]),
    passive_strain=np.array([0.6]),
    active_width=np.array([1.0]),
    passive=np.array([1.0]),
)


def parabolas() -> SampledCurves:
    """Curves that a quintic holds exactly, as stand-ins for Millard's."""
    x = np.linspace(0.0, 2.0, 9)
    rise = np.maximum(x - 1, 0)
    hump = np.stack([x * (2 - x), 2 - 2 * x, np.full_like(x, -2.0)], axis=1)
    grow = np.stack([rise**3, 3 * rise**2, 6 * rise], axis=1)
    t = np.linspace(1.0, 1.1, 5)
    tendon = np.stack([(t - 1) ** 2 * 400, 800 * (t - 1), np.full_like(t, 800.0)], axis=1)
    speed = np.stack([x, np.ones_like(x), np.zeros_like(x)], axis=1)
    curves = [(quintic(*samples),) for samples in ((x, hump), (x, grow), (x, speed), (t, tendon))]
    return SampledCurves(active=curves[0], passive=curves[1], speed=curves[2], tendon=curves[3])


ALL = pytest.mark.parametrize("curves", [THELEN, DE_GROOTE, parabolas()], ids=["thelen", "de_groote", "sampled"])


def one_muscle(curves: ForceCurves, pennation: float = 0.3) -> Muscles:
    return Muscles(
        parameters=MuscleParameters(
            names=("m",),
            max_isometric_force_n=np.array([1000.0]),
            optimal_fibre_length_m=np.array([0.1]),
            tendon_slack_length_m=np.array([0.3]),
            pennation_rad=np.array([pennation]),
            max_speed_per_s=np.array([10.0]),
            min_fibre_length_m=np.array([0.03]),
        ),
        kinds=("any",),
        curves=((np.array([0]), curves),),
    )


@ALL
def test_passive_energy_is_the_work_of_the_passive_force(curves: ForceCurves) -> None:
    length = np.linspace(1.0, 1.6, 2001)[:, None]
    force = curves.passive_length(length)[:, 0]
    work = np.concatenate([[0], np.cumsum((force[1:] + force[:-1]) / 2 * np.diff(length[:, 0]))])
    energy = curves.passive_energy(length)[:, 0]
    # trapezium rule, second order in a step of 3e-4
    np.testing.assert_allclose(energy - energy[0], work, atol=1e-6)
    assert (energy >= 0).all()


@ALL
def test_tendon_energy_rises_by_stretch_times_force(curves: ForceCurves) -> None:
    """Stretch is the integral of dE / F: it must come out as the strain that the parameter says."""
    force = (np.linspace(0, 1.2, 2000) ** 2)[:, None]
    energy = curves.tendon_energy(force)[:, 0]
    assert energy[0] == pytest.approx(0, abs=1e-12)
    assert (np.diff(energy) >= 0).all()
    stretch = np.concatenate([[0], np.cumsum(np.diff(energy) / ((force[1:, 0] + force[:-1, 0]) / 2))])
    # the strain at maximum isometric force is what the parameter says (0.05 where the stand-in's curve reaches one)
    expected = {Thelen2003: 0.033, DeGrooteFregly2016: 0.049, SampledCurves: 0.05}[type(curves)]
    assert np.interp(1.0, force[:, 0], stretch) == pytest.approx(expected, rel=2e-3)


def test_thelens_curve_has_its_marks() -> None:
    """One at rest, nothing at the fastest shortening, the eccentric limit as asymptote, no jump anywhere."""
    speed = np.array([[-1.5], [-1.0], [0.0], [1e-9]])
    np.testing.assert_allclose(THELEN.velocity(speed)[:, 0], [0, 0, 1, 1], atol=1e-7)
    dense = THELEN.velocity(np.linspace(-1.2, 2, 20001)[:, None])[:, 0]
    assert (np.diff(dense) >= 0).all()
    assert np.abs(np.diff(dense)).max() < 0.01
    assert THELEN.passive_length(np.array([[1.6]]))[0, 0] == pytest.approx(1.0)
    assert THELEN.active_length(np.array([[1.0]]))[0, 0] == 1


def test_de_grootes_curves_have_their_marks() -> None:
    assert DE_GROOTE.active_length(np.array([[1.0]]))[0, 0] == pytest.approx(1, abs=1e-6)
    assert DE_GROOTE.passive_length(np.array([[1.6]]))[0, 0] == pytest.approx(1)
    assert DE_GROOTE.passive_length(np.array([[0.2]]))[0, 0] == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(DE_GROOTE.velocity(np.array([[-1.0], [0.0]]))[:, 0], [0, 1], atol=2e-6)


@ALL
def test_the_fibres_form_a_parallelogram_of_constant_height(curves: ForceCurves) -> None:
    muscles = one_muscle(curves)
    length = np.linspace(0.36, 0.45, 7)[:, None]
    states = fibre_states(muscles, length, np.full_like(length, 0.2))
    height = 0.1 * np.sin(0.3)
    np.testing.assert_allclose(states.fibre_length_m * np.sin(states.pennation_rad), height, atol=1e-15)
    np.testing.assert_allclose(states.fibre_length_m * np.cos(states.pennation_rad), length - 0.3, atol=1e-15)
    np.testing.assert_allclose(states.fibre_velocity_m_s, 0.2 * np.cos(states.pennation_rad), atol=1e-15)


def test_a_buckled_muscle_makes_no_force() -> None:
    states = fibre_states(one_muscle(THELEN), np.array([[0.30], [0.29], [0.2]]), np.full((3, 1), -0.3))
    assert states.slack.all()
    assert not states.active_force_n.any()
    assert not states.passive_force_n.any()
    assert np.isfinite(states.fibre_length_m).all()


def test_elastic_energy_by_hand() -> None:
    """Stand-in curves: passive energy (l - 1)^4 / 4 of 100 J, tendon (2/3) * F * strain with strain = sqrt(F/400)."""
    muscles = one_muscle(parabolas(), pennation=0.0)
    states = fibre_states(muscles, np.array([[0.3 + 0.15]]), np.zeros((1, 1)))
    energy = elastic_energy(muscles, states, np.array([[1000.0]]))
    assert energy.passive_fibre_j[0, 0] == pytest.approx(0.5**4 / 4 * 1000 * 0.1, rel=1e-9)
    assert energy.tendon_j[0, 0] == pytest.approx(400 * 0.05**3 / 3 * 1000 * 0.3, rel=1e-6)


def test_a_muscle_without_strength_is_named() -> None:
    good = one_muscle(THELEN).parameters
    with pytest.raises(ModelError, match="max_isometric_force_n of 'm'"):
        MuscleParameters(**{**vars(good), "max_isometric_force_n": np.array([0.0])})


def test_every_muscle_needs_its_curves() -> None:
    with pytest.raises(ModelError, match="the curves cover muscles"):
        Muscles(parameters=one_muscle(THELEN).parameters, kinds=("any",), curves=())
