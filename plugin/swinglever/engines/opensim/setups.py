"""Setups of OpenSim's tools as text: what this package runs, and what the GUI opens. Nothing here needs OpenSim."""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

from swinglever.system.whole_files import MADE_BY

STATIC_OPTIMIZATION = (
    '<StaticOptimization name="StaticOptimization"><on>true</on><step_interval>1</step_interval>'
    "<in_degrees>false</in_degrees><use_model_force_set>true</use_model_force_set>"
    "<activation_exponent>2</activation_exponent><use_muscle_physiology>true</use_muscle_physiology>"
    "<optimizer_convergence_criterion>1e-5</optimizer_convergence_criterion>"
    "<optimizer_max_iterations>200</optimizer_max_iterations></StaticOptimization>"
)
"""Squared activations, with force-length-velocity: what this package's own solver minimises."""

ENDLESS = 1e6
"""Largest control of a reserve: no limit."""


def document(inside: str) -> str:
    """Give the text of an OpenSim document."""
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {MADE_BY} -->\n'
    return f'{head}<OpenSimDocument Version="40500">{inside}</OpenSimDocument>\n'


def muscle_analysis(coordinates: Iterable[str]) -> str:
    """Lengths and forces of all muscles, and their moment arms about some coordinates."""
    return (
        '<MuscleAnalysis name="MuscleAnalysis"><on>true</on><step_interval>1</step_interval>'
        "<in_degrees>false</in_degrees><muscle_list> all</muscle_list>"
        f"<moment_arm_coordinate_list> {escape(' '.join(coordinates))}</moment_arm_coordinate_list>"
        "<compute_moments>true</compute_moments></MuscleAnalysis>"
    )


def inverse_kinematics(
    files: Mapping[str, str],
    window: tuple[float, float],
    markers: Mapping[str, float],
    coordinates: Mapping[str, tuple[float, float | None]],
    accuracy: float,
) -> str:
    """Give a setup of InverseKinematicsTool.

    Parameters
    ----------
    files
        ``model_file``, ``marker_file``, ``output_motion_file``; ``coordinate_file`` where coordinates come from one.
    window
        First and last time, s.
    markers
        Weight of each marker.
    coordinates
        Weight of each coordinate that is pulled, and where to, rad; None for the value in ``coordinate_file``.
    accuracy
        Of the solver.
    """
    tasks = "".join(_task("IKMarkerTask", name, weight) for name, weight in markers.items())
    for name, (weight, value) in coordinates.items():
        kind = "from_file" if value is None else "manual_value"
        told = f"<value_type>{kind}</value_type>" + ("" if value is None else f"<value>{value!r}</value>")
        tasks += _task("IKCoordinateTask", name, weight, told)
    return document(
        f'<InverseKinematicsTool name="ik">{_elements(files)}<constraint_weight>Inf</constraint_weight>'
        f"<accuracy>{accuracy!r}</accuracy><time_range>{window[0]!r} {window[1]!r}</time_range>"
        f"<report_errors>false</report_errors><IKTaskSet><objects>{tasks}</objects></IKTaskSet></InverseKinematicsTool>"
    )


def _task(kind: str, name: str, weight: float, more: str = "") -> str:
    return f"<{kind} name={quoteattr(name)}><apply>true</apply><weight>{weight!r}</weight>{more}</{kind}>"


def inverse_dynamics(files: Mapping[str, str], window: tuple[float, float]) -> str:
    """Give a setup of InverseDynamicsTool, whose coordinates are smooth already."""
    return document(
        f'<InverseDynamicsTool name="id"><results_directory>.</results_directory>{_elements(files)}'
        f"<time_range>{window[0]!r} {window[1]!r}</time_range><forces_to_exclude> Muscles</forces_to_exclude>"
        "<lowpass_cutoff_frequency_for_coordinates>-1</lowpass_cutoff_frequency_for_coordinates></InverseDynamicsTool>"
    )


def analysis(name: str, inside: str, files: Mapping[str, str], window: tuple[float, float]) -> str:
    """Give a setup of AnalyzeTool with one analysis.

    Parameters
    ----------
    name
        Of the tool; its tables begin with it.
    inside
        The analysis, as text.
    files
        ``model_file``, ``coordinates_file``, ``results_directory``; ``external_loads_file``, ``force_set_files``.
    window
        First and last time, s.
    """
    return document(
        f"<AnalyzeTool name={quoteattr(name)}><replace_force_set>false</replace_force_set>"
        f"<output_precision>16</output_precision>{_elements(files)}"
        f"<initial_time>{window[0]!r}</initial_time><final_time>{window[1]!r}</final_time>"
        "<solve_for_equilibrium_for_auxiliary_states>false</solve_for_equilibrium_for_auxiliary_states>"
        f"<AnalysisSet><objects>{inside}</objects></AnalysisSet>"
        "<lowpass_cutoff_frequency_for_coordinates>-1</lowpass_cutoff_frequency_for_coordinates></AnalyzeTool>"
    )


def external_loads(bodies: Iterable[str], datafile: str) -> str:
    """Give ExternalLoads of forces whose columns are ``f0_vx`` … ``f0_px`` … ``f0_mx`` …, one for each body."""
    entries = "".join(
        f'<ExternalForce name="f{k}"><isDisabled>false</isDisabled><applied_to_body>{escape(body)}</applied_to_body>'
        "<force_expressed_in_body>ground</force_expressed_in_body><point_expressed_in_body>ground"
        f"</point_expressed_in_body><force_identifier>f{k}_v</force_identifier><point_identifier>f{k}_p"
        f"</point_identifier><torque_identifier>f{k}_m</torque_identifier></ExternalForce>"
        for k, body in enumerate(bodies)
    )
    return document(
        f'<ExternalLoads name="loads"><objects>{entries}</objects>'
        f"<datafile>{escape(datafile)}</datafile></ExternalLoads>"
    )


def reserves(optimal: Mapping[str, float]) -> str:
    """Give a set of reserve actuators: optimal force (N m, N) by coordinate."""
    entries = "".join(
        f"<CoordinateActuator name={quoteattr(name + '_reserve')}><min_control>{-ENDLESS!r}</min_control>"
        f"<max_control>{ENDLESS!r}</max_control><coordinate>{escape(name)}</coordinate>"
        f"<optimal_force>{force!r}</optimal_force></CoordinateActuator>"
        for name, force in optimal.items()
    )
    return document(f'<ForceSet name="reserves"><objects>{entries}</objects></ForceSet>')


def _elements(files: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in files.items())
