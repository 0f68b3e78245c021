"""Records that describe themselves: frozen, checked, equal by value, short in print; stacked and taken apart again."""

import copy
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Annotated

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import swinglever as sl
from swinglever.arrays import Array, Bools
from swinglever.errors import InputError
from swinglever.output.hdf5 import read_groups, write_groups
from swinglever.output.sides import label_of, name_of, template_of
from swinglever.output.stack import stack_records
from swinglever.output.unstack import unstack
from swinglever.records import ablation, attribution, bands, emg, kinematics, muscle_forces, playback, report, segments
from swinglever.records.fields import EXACT, described, described_fields, held, labels
from swinglever.records.record import Record
from swinglever.testing import example_report

N_SAMPLES = 4


@dataclass(frozen=True, kw_only=True)
class Pull(Record):
    """What some muscles do along a swing."""

    scope: Annotated[str, described("", "", "what is free")]
    muscles: Annotated[tuple[str, ...], labels("muscle", "muscle")]
    groups: Annotated[tuple[str, ...], described("muscle", "", "group", per="", kept_as="group")]
    force_n: Annotated[Array, described("percent muscle", "N", "force", step=EXACT)]
    on: Annotated[Bools, described("muscle", "1", "it works at all")]
    released: Annotated[tuple[str, ...], described("", "", "what moves")]
    count: Annotated[int, described("", "1", "of something")]
    share: Annotated[float, described("", "1", "of something")] = float("nan")
    said: Annotated[Mapping[str, int], described("", "", "how often")] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Step(Record):
    """A swing, as far as this test needs one."""

    id: Annotated[str, described("", "", "name")]
    side: Annotated[str, described("", "", "side")]
    pulls: Annotated[Mapping[str, Pull], held("by scope", by="scope", key="scope")]
    best: Annotated[Pull | None, held("the best one")] = None
    curves: Annotated[Mapping[str, Array], described("percent", "in the name", "curves by name", together="curve")] = (
        field(default_factory=dict)
    )


@dataclass(frozen=True, kw_only=True)
class Run(Record):
    """Several of them."""

    steps: Annotated[tuple[Step, ...], held("the steps", by="swing", key="id")]


NAMES = [f"{stem}_{side}{end}" for stem in ("semimem", "soleus") for side in "rl" for end in ("", "_passive")]
NAMES += ["gravity", "semimem", "r", "l_l_r", "näher"]
words = st.text('aü;"', max_size=3)
numbers = st.floats(-1e6, 1e6) | st.just(float("nan"))


@st.composite
def pulls(draw: st.DrawFn, scope: str = "best") -> Pull:
    names = tuple(draw(st.lists(st.sampled_from(NAMES), max_size=5)))
    size = N_SAMPLES * len(names)
    force = np.array(draw(st.lists(numbers, min_size=size, max_size=size)), float).reshape(N_SAMPLES, len(names))
    return Pull(
        scope=scope,
        muscles=names,
        groups=tuple(draw(st.sampled_from([name[:3], "other"])) for name in names),
        force_n=force,
        on=[draw(st.booleans()) for _ in names],
        released=tuple(draw(st.lists(words, max_size=2))),
        count=draw(st.integers(-5, 5)),
        share=draw(numbers),
        said=draw(st.dictionaries(words, st.integers(0, 9), max_size=2)),
    )


@st.composite
def runs(draw: st.DrawFn) -> Run:
    steps = []
    for k in range(draw(st.integers(0, 3))):
        scopes = draw(st.lists(st.sampled_from(["shank", "leg", "body"]), unique=True))
        curves = draw(st.lists(st.sampled_from(["reach_m", "power_w"]), unique=True))
        step = Step(
            id=f"s{k}",
            side=draw(st.sampled_from("rl")),
            pulls={scope: draw(pulls(scope)) for scope in scopes},
            best=draw(st.none() | pulls()),
            curves={name: np.arange(float(N_SAMPLES)) for name in curves},
        )
        steps.append(step)
    return Run(steps=tuple(steps))


def through_a_file(run: Run) -> Run:
    with h5py.File("run", "w", driver="core", backing_store=False) as file:
        write_groups(file, stack_records(run, {step.id: step for step in run.steps}))
        groups = read_groups(file)
    back = unstack(Run, groups, {step.id: step.side for step in run.steps})
    assert isinstance(back, Run)
    return back


@given(runs())
@settings(deadline=None)  # the first file that a process opens takes long
def test_records_come_back_from_their_stack(run: Run) -> None:
    """Whoever has which muscles, scopes or curves, in whatever order, with or without sides, twice or not at all."""
    back = through_a_file(run)
    assert back == run
    for one, other in zip(run.steps, back.steps, strict=True):
        assert list(one.pulls) == list(other.pulls)
        assert list(one.curves) == list(other.curves)


def test_muscles_of_both_legs_lie_under_one_label() -> None:
    def step(side: str, names: tuple[str, ...]) -> Step:
        pull = Pull(
            scope="leg",
            muscles=names,
            groups=names,
            force_n=np.ones((N_SAMPLES, len(names))),
            on=[True] * len(names),
            released=(),
            count=1,
        )
        return Step(id=side, side=side, pulls={"leg": pull})

    run = Run(steps=(step("r", ("semimem_r", "soleus_l")), step("l", ("semimem_l", "soleus_r"))))
    groups = stack_records(run, {s.id: s for s in run.steps})
    scale = groups["/pulls"].scales["muscle"]
    assert scale.labels == ("semimem", "soleus_other_side")
    assert scale.templates == ("semimem_{side}", "soleus_{other}")
    assert groups["/pulls"].variables["force_n"].dimensions == ("swing", "scope", "muscle", "percent")
    assert through_a_file(run) == run


@given(st.text("rl_ab", max_size=8), st.sampled_from("rl"))
def test_a_name_gets_its_side_back(name: str, side: str) -> None:
    assert name_of(template_of(name, side), side) == name
    assert label_of(template_of(name, side)) == label_of(template_of(name_of(template_of(name, side), "l"), "l"))


def pull(**changes: object) -> Pull:
    given = {"scope": "leg", "muscles": ("semimem",), "groups": ("hamstrings",), "force_n": [[1.0], [2.0]]}
    return Pull(**{**given, "on": [True], "released": (), "count": 1, **changes})  # type: ignore[arg-type]


def test_a_record_is_frozen_and_checked() -> None:
    made = pull(said={"a": 1})
    with pytest.raises(ValueError, match="read-only"):
        made.force_n[0, 0] = 1.0
    with pytest.raises(TypeError):
        made.said["b"] = 2  # type: ignore[index]
    with pytest.raises(InputError, match=r"Pull\.force_n: expected shape \('percent', 1\) = \(2, 1\), got \(2, 2\)"):
        pull(force_n=np.zeros((2, 2)))
    with pytest.raises(InputError, match=r"Pull\.groups: expected shape \(1,\) = \(1,\), got \(2,\)"):
        pull(groups=("a", "b"))


def test_what_was_given_can_still_be_written_to() -> None:
    mine = np.ones((2, 1))
    made = pull(force_n=mine)
    mine[0] = 5.0
    assert made.force_n[0, 0] == 1.0


def test_records_are_equal_by_value() -> None:
    one = pull(share=float("nan"))
    assert one == pull(share=float("nan"))
    assert one != replace(one, force_n=[[1.0], [3.0]])
    assert one != replace(one, muscles=("soleus",))
    assert one != "another thing"


def test_a_record_travels_between_processes_and_stays_frozen() -> None:
    made = example_report(parameters=sl.Parameters(grid_points=21)).swings[0]
    for back in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made)):
        assert back == made
        assert not back.attribution["leg"].knee_flexion_rad.flags.writeable


def test_a_record_is_short_in_print() -> None:
    run = example_report(parameters=sl.Parameters(grid_points=21))
    assert len(str(run).splitlines()) in range(8, 13)
    assert max(map(len, str(run).splitlines())) <= 140
    assert "8 swings (4 right, 4 left) of 'mean_runner'" in repr(run)
    assert run._repr_html_().count("<tr>") == 6
    assert len(repr(run.swings[0])) < 1000
    assert "knee_flexion_rad=(21, 7) rad" in repr(run.swings[0].attribution["leg"])
    empty = replace(run, swings=())
    assert "0 swings" in repr(empty)


def test_a_name_in_a_table_for_a_notebook_is_not_markup() -> None:
    run = example_report(parameters=sl.Parameters(grid_points=21))
    odd = replace(run, swings=(replace(run.swings[0], verdict="<b>"),))
    assert "<b>" not in odd._repr_html_()


RECORDS = {
    kind
    for module in (ablation, attribution, bands, emg, kinematics, muscle_forces, playback, report, segments)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Record) and is_dataclass(kind)
}


@pytest.mark.parametrize("kind", sorted(RECORDS, key=lambda kind: kind.__name__))
def test_every_field_of_a_public_record_describes_itself(kind: type) -> None:
    about = {item.name: item.about for item in described_fields(kind)}
    by_hand = {"SwingReport": {"provenance", "warnings", "timing", "metrics"}}.get(kind.__name__, set())
    assert {f.name for f in fields(kind)} - about.keys() == by_hand
    for name, described_as in about.items():
        assert described_as.meaning, name
        assert not described_as.meaning.endswith("."), name


def test_a_record_of_another_number_of_instants_is_refused_with_its_name(tmp_path: Path) -> None:
    run = example_report(parameters=sl.Parameters(grid_points=21))
    other = example_report(parameters=sl.Parameters(grid_points=25)).swings[1]
    with pytest.raises(InputError, match=r"Swing\.time_s: expected the shape \(21,\) of the other swings, got \(25,\)"):
        sl.write_report(replace(run, swings=(run.swings[0], other), playback=None), tmp_path / "r.h5")
    assert not (tmp_path / "r.h5").exists()
