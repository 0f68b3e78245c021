"""A generic model scaled to a person is the published one; faults are named before OpenSim meets them."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from swinglever.checks.examination import examine
from swinglever.checks.request import Request
from swinglever.engines.opensim import load_model
from swinglever.errors import InputError, MissingFileError
from swinglever.plugins.manager import Plugins
from swinglever.plugins.reading import readers
from swinglever.readers.trc import read_trc, write_trc
from swinglever.records.parameters import Parameters
from swinglever.scaling.scale import LANDMARK_BAR_M, scale_model

# Rows "measurements" and "manual" of the published setup: what the published model's bodies were scaled by.
MANUAL = {"calcn_r", "calcn_l", "toes_r", "toes_l", "humerus_r", "humerus_l"}


@pytest.fixture(scope="module")
def hamner(data_file):
    names = (
        "FullBodyModel_Hamner2010_v2_0.osim",
        "subject02_static.trc",
        "Setup_Scale.xml",
        "subject02_registered.osim",
    )
    return [data_file(f"hamner2010_run/{name}") for name in names]


def bodies(path: Path) -> dict[str, tuple[float, np.ndarray]]:
    """Mass and mass centre of each body of a model file."""
    found = {}
    for body in ET.parse(path).iter("Body"):
        mass, centre = body.findtext("mass"), body.findtext("mass_center")
        if mass and centre:
            found[body.get("name", "")] = float(mass), np.array(centre.split(), dtype=float)
    return found


def marker_places(path: Path) -> dict[str, np.ndarray]:
    """Location of each marker in its body."""
    return {
        m.get("name", ""): np.array(m.findtext("location", "").split(), float) for m in ET.parse(path).iter("Marker")
    }


def test_the_published_setup_gives_the_published_model(hamner, tmp_path):
    generic, static, setup, published = hamner
    scaled = scale_model(generic, static, tmp_path / "me.osim", setup=setup)
    before, after, theirs = bodies(generic), bodies(scaled.path), bodies(published)
    assert scaled.mass_kg == pytest.approx(65.9, abs=1e-6)  # the setup's mass
    for name, (mass_kg, centre_m) in theirs.items():
        assert after[name][0] == pytest.approx(mass_kg, rel=1e-5)
        factor = np.array(scaled.factors.get(name, (1.0, 1.0, 1.0)))
        assert after[name][1] == pytest.approx(centre_m, abs=1e-6)
        # The published file keeps six digits; segment factors were asked for within 2 %.
        assert before[name][1] * factor == pytest.approx(centre_m, rel=1e-4, abs=1e-9)
    ours, published_places = marker_places(scaled.path), marker_places(published)
    assert set(ours) == set(published_places)
    for name, place_m in published_places.items():
        assert ours[name] == pytest.approx(place_m, abs=2e-6)  # markers placed in a pose solved to 1e-6 or so


def test_the_table_of_pairs_gives_the_published_factors_where_these_were_measured(hamner, tmp_path):
    generic, static, setup, _ = hamner
    published = scale_model(generic, static, tmp_path / "a.osim", setup=setup).factors
    scaled = scale_model(generic, static, tmp_path / "b.osim", mass_kg=65.9)
    for body, factor in published.items():
        if body not in MANUAL:  # feet and upper arms were set by hand in the published study
            assert scaled.factors[body] == pytest.approx(factor, rel=0.02)
    assert scaled.mass_kg == pytest.approx(65.9, abs=1e-6)
    assert any("'Cleveland Clinic" in text for text in scaled.warnings)
    assert any("calcn_r 1.41" in text for text in scaled.warnings)  # heel to toe tip of a shoe on a model's bare foot


def test_landmarks_beyond_two_centimetres_are_told(hamner, tmp_path):
    generic, static, _, _ = hamner
    scaled = scale_model(generic, static, tmp_path / "me.osim", mass_kg=65.9)
    far = [name for name in scaled.landmarks if scaled.marker_error_m[name] > LANDMARK_BAR_M]
    (told,) = [text for text in scaled.warnings if "landmarks of the scaled model" in text]
    assert told.startswith(f"{len(far)} of {len(scaled.landmarks)} landmarks")
    legs = [name for name in scaled.landmarks if "Knee" in name or "Ankle" in name or "ASIS" in name]
    assert len(legs) == 6
    assert max(scaled.marker_error_m[name] for name in legs) < LANDMARK_BAR_M


def test_the_setup_that_was_run_lies_beside_the_model_and_runs_again(hamner, tmp_path):
    generic, static, setup, _ = hamner
    first = scale_model(generic, static, tmp_path / "a.osim", setup=setup)
    again = scale_model(generic, static, tmp_path / "b.osim", setup=first.setup_path)
    assert again.factors == first.factors
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "a.osim",
        "a_scale_as_run.xml",
        "b.osim",
        "b_scale_as_run.xml",
    ]


def test_markers_that_the_setup_needs_and_nobody_has_are_all_named(hamner, tmp_path):
    generic, static, setup, _ = hamner
    text = static.read_text().replace("R.Knee.Lat", "RKNE").replace("L.Ankle.Lat", "LANK")
    (tmp_path / "static.trc").write_text(text)
    with pytest.raises(InputError, match=r"static\.trc lacks L\.Ankle\.Lat and R\.Knee\.Lat"):
        scale_model(generic, tmp_path / "static.trc", tmp_path / "me.osim", setup=setup)
    assert not (tmp_path / "me.osim").exists()


def test_an_unknown_marker_set_is_answered_with_the_known_ones(hamner, tmp_path):
    generic, static, _, _ = hamner
    (tmp_path / "static.trc").write_text(static.read_text().replace("R.ASIS", "hip"))
    with pytest.raises(InputError, match=r"of none of the known sets: .*Rajagopal 2016"):
        scale_model(generic, tmp_path / "static.trc", tmp_path / "me.osim", mass_kg=70)


def test_without_a_mass_there_is_no_model(hamner, tmp_path):
    generic, static, _, _ = hamner
    with pytest.raises(InputError, match="no body mass"):
        scale_model(generic, static, tmp_path / "me.osim")
    with pytest.raises(MissingFileError, match="no model file"):
        scale_model(tmp_path / "none.osim", static, tmp_path / "me.osim", mass_kg=70)


def test_a_trial_in_metres_scales_as_one_in_millimetres(hamner, tmp_path):
    generic, static, setup, _ = hamner
    header = static.read_text().splitlines()
    markers = read_trc(static)
    metres = write_trc(tmp_path / "metres.trc", markers, units="m")
    assert "mm" in header[2]
    ours = scale_model(generic, metres, tmp_path / "m.osim", setup=setup).factors
    theirs = scale_model(generic, static, tmp_path / "mm.osim", setup=setup).factors
    for body, factor in theirs.items():
        assert ours[body] == pytest.approx(factor, rel=1e-9)


OPENCAP = {
    f"{of}{name}": f"{to}{theirs}_study"
    for of, to in (("R", "r"), ("L", "L"))
    for name, theirs in (
        ("ASI", ".ASIS"),
        ("PSI", ".PSIS"),
        ("ACR", "_shoulder"),
        ("LFC", "_knee"),
        ("MFC", "_mknee"),
        ("LMAL", "_ankle"),
        ("MMAL", "_mankle"),
        ("CAL", "_calc"),
        ("TOE", "_toe"),
        ("MT5", "_5meta"),
    )
}
POSE2SIM = {
    f"{side}{name}": f"{side}{theirs}"
    for side in "RL"
    for name, theirs in (
        ("ASI", "Hip"),
        ("ACR", "Shoulder"),
        ("LFC", "Knee"),
        ("LMAL", "Ankle"),
        ("CAL", "Heel"),
        ("TOE", "BigToe"),
    )
}


@pytest.mark.parametrize(
    ("names", "known"), [(OPENCAP, "OpenCap"), (POSE2SIM, "Pose2Sim")], ids=["OpenCap", "Pose2Sim"]
)
def test_marker_sets_of_pose_estimators_scale_and_are_checked(
    tmp_path: Path, names: dict[str, str], known: str
) -> None:
    models = Path(__file__).resolve().parents[2] / "models"
    text = (models / "runner.osim").read_text(encoding="utf-8")
    for own, theirs in names.items():
        assert f'<Marker name="{own}">' in text
        text = text.replace(f'<Marker name="{own}">', f'<Marker name="{theirs}">')
    generic = tmp_path / "generic.osim"
    generic.write_text(text, encoding="utf-8")
    model = load_model(generic)
    sites = model.markers
    placed = model.place(np.array([[c.default for c in model.coordinates]]))
    at = placed.stations(np.array([s.body for s in sites]), np.array([s.location_m for s in sites]))[0]
    running = read_trc(models / "runners" / "synthetic_pulled.trc")
    larger = replace(
        running,
        names=tuple(s.name for s in sites),
        time_s=running.time_s[:10],
        position_m=np.tile(1.1 * (at + np.array([0.0, 1.0, 0.0])), (10, 1, 1)),
    )
    scaled = scale_model(generic, write_trc(tmp_path / "static.trc", larger), tmp_path / "me.osim", mass_kg=70.0)
    assert any(f"marker set '{known}'" in text for text in scaled.warnings)
    for body in ("pelvis", "femur_r", "femur_l", "tibia_r", "calcn_l", "torso"):
        assert scaled.factors[body] == pytest.approx((1.1, 1.1, 1.1), rel=1e-4)
    # The markers of bodies that no pair measures pull a little.
    assert max(scaled.marker_error_m[name] for name in scaled.landmarks) < 0.1 * LANDMARK_BAR_M

    trial = replace(running, names=tuple(names.get(name, name) for name in running.names))
    write_trc(tmp_path / "run.trc", trial)
    asked = Request.of(tmp_path / "run.trc", model, Parameters())
    assert {fault.severity for fault in examine(asked, readers(Plugins())).faults} <= {"note"}  # of meshes
    write_trc(tmp_path / "run.trc", replace(trial, position_m=trial.position_m * [1.0, 1.0, -1.0]))
    assert {f.code for f in examine(asked, readers(Plugins())).faults if f.severity == "error"} == {"sides-swapped"}


def test_a_generic_model_without_the_trials_markers_is_told_what_to_do(tmp_path: Path) -> None:
    models = Path(__file__).resolve().parents[2] / "models"
    running = read_trc(models / "runners" / "synthetic_pulled.trc")
    write_trc(tmp_path / "static.trc", replace(running, names=tuple(OPENCAP.get(n, n) for n in running.names)))
    with pytest.raises(InputError, match=r"of the set 'OpenCap'.*marker_set_file adds its markers \(--setup\)"):
        scale_model(models / "runner.osim", tmp_path / "static.trc", tmp_path / "me.osim", mass_kg=70.0)
