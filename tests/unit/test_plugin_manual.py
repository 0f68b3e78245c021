"""docs/plugins.md is the manual of the hooks, and says what the code says."""

import inspect
import re
import tomllib
from pathlib import Path

import pytest

from swinglever import hookspecs
from swinglever.metrics.base import unit_fault
from swinglever.plugins.manager import Plugins

_ROOT = Path(__file__).resolve().parents[2]
_MANUAL = (_ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
_HOOKS = {n: f for n, f in vars(hookspecs).items() if n.startswith("swinglever_")}
_METRICS = {name: offer for name, (_, offer) in Plugins().offers("swinglever_metrics").items()}


@pytest.mark.parametrize("name", _HOOKS)
def test_the_manual_has_a_heading_with_the_exact_signature_of_every_hook(name: str) -> None:
    signature = f"{name}({', '.join(inspect.signature(_HOOKS[name]).parameters)})"
    assert f"## `{signature}`\n" in _MANUAL


def test_the_manual_documents_no_hook_that_does_not_exist() -> None:
    assert set(re.findall(r"^## `(swinglever_\w+)\(", _MANUAL, re.MULTILINE)) == set(_HOOKS)


def test_every_hook_says_what_it_is_for() -> None:
    for name, hook in _HOOKS.items():
        assert len(inspect.getdoc(hook) or "") > 60, name


def test_the_manual_example_runs(tmp_path: Path) -> None:
    from swinglever.testing import check

    example = re.findall(r"```python\n(import swinglever as sl\n+@sl\.metric.*?)```", _MANUAL, re.DOTALL)
    (tmp_path / "my_lab.py").write_text(example[0])
    found = check(tmp_path / "my_lab.py")
    assert not found.faults
    assert found.metrics["time_in_the_air"][1] == "s"
    points = tomllib.loads(re.findall(r"```toml\n(.*?)```", _MANUAL, re.DOTALL)[0])
    assert points["project"]["entry-points"]["swinglever"] == {"my_lab": "my_lab"}


@pytest.mark.parametrize("name", _METRICS)
def test_every_metric_has_unit_definition_citation_and_a_sentence_for_a_coach(name: str) -> None:
    metric = _METRICS[name]
    assert unit_fault(metric.unit) == ""
    assert metric.definition.endswith(".")
    assert len(metric.citation) > 10
    assert metric.meaning.endswith(".")


def test_every_claim_that_a_metric_can_test_has_one() -> None:
    # Claim 10 is tested by prediction and by the stride's metrics; 4 also by attribution, ablation and verdict.
    assert {metric.claim for metric in _METRICS.values()} - {0} == set(range(1, 13))


@pytest.mark.parametrize("name", _METRICS)
def test_the_list_of_metrics_in_docs_is_up_to_date(name: str) -> None:
    metric = _METRICS[name]
    page = (_ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert f"- **{name}** ({metric.unit}" in page
    assert f"{metric.definition} *{metric.meaning}* [{metric.citation}]" in page
