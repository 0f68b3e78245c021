"""Setups of inverse kinematics and external loads are read in every form that OpenSim wrote."""

import math
from pathlib import Path

import numpy as np
import pytest

from swinglever.errors import InputError, MissingFileError
from swinglever.readers.external_loads import read_external_loads
from swinglever.readers.ik_setup import read_ik_setup

TASKS = """<IKTaskSet><objects>
<IKMarkerTask name="RASI"><apply> true </apply><weight> 10.0 </weight></IKMarkerTask>
<IKMarkerTask name="LASI"><weight>2.5</weight></IKMarkerTask>
<IKMarkerTask name="RTHI"><apply>false</apply><weight>5</weight></IKMarkerTask>
<IKCoordinateTask name="mtp_angle_r"><weight>1000</weight><value_type>manual_value</value_type><value>0.1</value>
</IKCoordinateTask>
<IKCoordinateTask name="mtp_angle_l"><apply>false</apply></IKCoordinateTask>
</objects></IKTaskSet>"""


def ik_file(folder: Path, inside: str = "", tasks: str = TASKS, tool: str = "InverseKinematicsTool") -> Path:
    path = folder / "Setup_IK.xml"
    path.write_text(
        f'<?xml version="1.0"?><OpenSimDocument Version="40500"><{tool}>{tasks}{inside}</{tool}></OpenSimDocument>'
    )
    return path


def test_only_applied_tasks_count(tmp_path):
    setup = read_ik_setup(ik_file(tmp_path))
    assert dict(setup.tasks.marker_weights) == {"RASI": 10.0, "LASI": 2.5}
    (task,) = setup.tasks.coordinate_tasks
    assert (task.name, task.weight, task.source, task.value) == ("mtp_angle_r", 1000.0, "manual_value", 0.1)


def test_what_a_setup_asks_for_and_is_not_done_is_said(tmp_path):
    task = '<IKCoordinateTask name="hip"><weight>1</weight><value_type>from_file</value_type></IKCoordinateTask>'
    setup = read_ik_setup(ik_file(tmp_path, "<time_range>0.3 0.5</time_range>", tasks=TASKS + task))
    file, part = setup.not_followed(np.linspace(0.0, 1.0, 11))
    assert file == "Setup_IK.xml: tasks of coordinates from a file are not followed: hip"
    assert part == "Setup_IK.xml: its time range, 0.3 to 0.5 s, is not followed: say --start and --end"
    assert setup.not_followed(np.linspace(0.295, 0.504, 11)) == (file,)


def test_what_a_setup_leaves_out_has_opensims_default(tmp_path):
    setup = read_ik_setup(ik_file(tmp_path))
    assert (setup.marker_file, setup.model_file, setup.coordinate_file) == (None, None, None)
    assert (setup.time_range, setup.accuracy, setup.constraint_weight) == ((-math.inf, math.inf), 1e-5, math.inf)


def test_files_are_named_from_the_folder_of_the_setup_also_with_backslashes(tmp_path):
    inside = r"<marker_file> data\run.trc </marker_file><model_file>../m.osim</model_file><coordinate_file/>"
    setup = read_ik_setup(ik_file(tmp_path, inside))
    assert setup.marker_file == tmp_path / "data" / "run.trc"
    assert setup.model_file == tmp_path / "../m.osim"
    assert setup.coordinate_file is None


def test_the_form_of_opensim_2_keeps_its_files_in_a_trial(tmp_path):
    trial = "<IKTrial><marker_file>a.trc</marker_file><time_range>0 2</time_range></IKTrial>"
    inside = f"<IKTrialSet><objects>{trial}</objects></IKTrialSet>"
    setup = read_ik_setup(ik_file(tmp_path, inside, tool="IKTool"))
    assert (setup.marker_file, setup.time_range) == (tmp_path / "a.trc", (0.0, 2.0))


@pytest.mark.parametrize(
    ("inside", "tasks", "message"),
    [
        ("<accuracy>high</accuracy>", TASKS, "expected a number in <accuracy>, got 'high'"),
        ("<time_range>1</time_range>", TASKS, "expected two numbers in <time_range>, got '1'"),
        ("<time_range>2 1</time_range>", TASKS, "ends at 1 s, not after its start at 2 s"),
        ("", "", "no applied <IKMarkerTask>"),
        ("", "<IKMarkerTask name='A'><apply>perhaps</apply></IKMarkerTask>", "expected true or false in <apply>"),
        ("", "<IKMarkerTask name='A'><weight>-1</weight></IKMarkerTask>", "task 'A' has weight -1.0"),
        ("", "<IKMarkerTask name='A'><weight>nan</weight></IKMarkerTask>", "task 'A' has weight nan"),
        ("", "<IKMarkerTask><weight>1</weight></IKMarkerTask>", "an <IKMarkerTask> has no name"),
        ("", "<IKMarkerTask name='A'/><IKMarkerTask name='A'/>", "two applied tasks for marker 'A'"),
        ("", "<IKCoordinateTask name='A'><value_type>x</value_type></IKCoordinateTask>", "expected <value_type> to be"),
        ("", "<IKCoordinateTask name='A'><value>nan</value></IKCoordinateTask>", "has value nan; expected a number"),
    ],
)
def test_a_faulty_setup_is_refused_with_the_fault(tmp_path, inside, tasks, message):
    with pytest.raises(InputError, match=message):
        read_ik_setup(ik_file(tmp_path, inside, tasks))


def test_another_tools_setup_is_refused_and_named(tmp_path):
    with pytest.raises(InputError, match=r"expected <InverseKinematicsTool> or <IKTool>, got \['ScaleTool'\]"):
        read_ik_setup(ik_file(tmp_path, tool="ScaleTool"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not well-formed XML"),
        ("<a><b></a>", "not well-formed XML"),
        ('<?xml version="1.0" encoding="nonsense"?><a/>', "(not well-formed|cannot be read as) XML"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "document type declaration"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type declaration"),
    ],
)
def test_broken_or_hostile_xml_is_refused(tmp_path, text, message):
    (tmp_path / "a.xml").write_text(text)
    with pytest.raises(InputError, match=message):
        read_ik_setup(tmp_path / "a.xml")


def test_a_missing_setup_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"there is no file .*a\.xml"):
        read_ik_setup(tmp_path / "a.xml")


FORCE = """<ExternalForce name="right"><applied_to_body>calcn_r</applied_to_body>
<force_identifier>ground_force_v</force_identifier><point_identifier>ground_force_p</point_identifier>
<torque_identifier>Unassigned</torque_identifier></ExternalForce>"""


def loads_file(folder: Path, objects: str = FORCE, rest: str = "<datafile>grf.mot</datafile>") -> Path:
    path = folder / "loads.xml"
    path.write_text(
        f"<OpenSimDocument><ExternalLoads><objects>{objects}</objects>{rest}</ExternalLoads></OpenSimDocument>"
    )
    return path


def test_a_force_says_its_body_its_columns_and_its_frames(tmp_path):
    loads = read_external_loads(loads_file(tmp_path))
    (force,) = loads.forces
    assert (force.name, force.applied_to_body, force.force_identifier) == ("right", "calcn_r", "ground_force_v")
    assert (force.point_identifier, force.torque_identifier) == ("ground_force_p", "")
    assert (force.force_expressed_in_body, force.point_expressed_in_body) == ("ground", "ground")
    assert (loads.datafile, loads.lowpass_hz) == (tmp_path / "grf.mot", None)


def test_the_cut_off_of_the_loads_kinematics_is_read(tmp_path):
    tag = "lowpass_cutoff_frequency_for_load_kinematics"
    assert read_external_loads(loads_file(tmp_path, rest=f"<{tag}>6</{tag}>")).lowpass_hz == 6.0
    assert read_external_loads(loads_file(tmp_path, rest=f"<{tag}>-1</{tag}>")).lowpass_hz is None


@pytest.mark.parametrize("off", ["<appliesForce>false</appliesForce>", "<isDisabled> true </isDisabled>"])
def test_a_force_that_is_switched_off_is_left_out(tmp_path, off):
    left = FORCE.replace("right", "left").replace("</applied_to_body>", "</applied_to_body>" + off)
    assert [force.name for force in read_external_loads(loads_file(tmp_path, FORCE + left)).forces] == ["right"]
    with pytest.raises(InputError, match="no enabled <ExternalForce>"):
        read_external_loads(loads_file(tmp_path, left))


def test_the_data_file_of_a_force_stands_in_for_that_of_the_set(tmp_path):
    force = FORCE.replace("</ExternalForce>", "<data_source_name>own.mot</data_source_name></ExternalForce>")
    assert read_external_loads(loads_file(tmp_path, force, "<datafile/>")).datafile == tmp_path / "own.mot"
    assert read_external_loads(loads_file(tmp_path, FORCE, "<datafile/>")).datafile is None


@pytest.mark.parametrize("tag", ["applied_to_body", "force_identifier"])
def test_a_force_without_body_or_columns_is_refused(tmp_path, tag):
    objects = FORCE.replace(f"<{tag}>", "<ignored>").replace(f"</{tag}>", "</ignored>")
    with pytest.raises(InputError, match=f"force 'right' does not say <{tag}>"):
        read_external_loads(loads_file(tmp_path, objects))


def test_published_setups_are_read_as_they_are(data_file):
    running = read_ik_setup(data_file("hamner2010_run/Setup_IK.xml"))
    assert (len(running.tasks.marker_weights), running.tasks.marker_weights["R.ASIS"]) == (37, 50.0)
    assert (running.accuracy, running.constraint_weight, running.time_range) == (1e-4, math.inf, (0.0, 9.983))
    assert running.marker_file is not None
    assert running.marker_file.exists()
    walking = read_ik_setup(data_file("gait2392_walk/subject01_Setup_IK.xml"))
    assert {task.name for task in walking.tasks.coordinate_tasks} == {
        "subtalar_angle_r",
        "subtalar_angle_l",
        "mtp_angle_r",
        "mtp_angle_l",
    }
    assert (len(walking.tasks.marker_weights), walking.constraint_weight, walking.accuracy) == (31, 20.0, 1e-5)
    runner = read_ik_setup(data_file("fukuchi2017_run/RBDS020/RBDS020_T25_ikSetup.xml"))
    assert (len(runner.tasks.marker_weights), runner.time_range) == (32, (11.552, 18.413))
    assert "R.GTR" not in runner.tasks.marker_weights  # <apply>false</apply>


def test_published_external_loads_act_on_the_named_feet(data_file):
    for name in ("hamner2010_run/External_Loads.xml", "gait2392_walk/subject01_walk1_grf.xml"):
        loads = read_external_loads(data_file(name))
        assert [(f.applied_to_body, f.force_identifier) for f in loads.forces] == [
            ("calcn_r", "ground_force_v"),
            ("calcn_l", "1_ground_force_v"),
        ]
        assert loads.datafile is not None
        assert loads.datafile.exists()
