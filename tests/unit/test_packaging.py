"""What a reviewer ticks is in the tree, and one version stands everywhere."""

import json
import re
import runpy
import zipfile
from pathlib import Path

import pytest

import swinglever

ROOT = Path(__file__).resolve().parents[2]
DEVELOP = ROOT / "scripts" / "develop"


@pytest.fixture(scope="module")
def checklist() -> dict[str, object]:
    return runpy.run_path(str(DEVELOP / "review_checklist.py"))


def test_every_box_is_ticked_that_needs_no_server(checklist: dict[str, object]) -> None:
    told = list(checklist["lines"]())  # type: ignore[operator]
    assert [line for line in told if line.startswith("[ ]")] == []
    assert sum(line.startswith("[x]") for line in told) > 25


def test_a_box_is_open_where_nothing_is_there(checklist: dict[str, object]) -> None:
    assert not checklist["there"]("NOTHING.md")()  # type: ignore[operator]
    assert not checklist["says"]("README.md", "words that it does not say")()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("CITATION.cff", r"^version: (\S+)$"),
        ("codemeta.json", r'"version": "([^"]+)"'),
        ("packaging/conda/meta.yaml", r'set version = "([^"]+)"'),
    ],
)
def test_one_version_stands_everywhere(file: str, pattern: str) -> None:
    found = re.search(pattern, (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    assert found[1] == swinglever.__version__


def test_the_readme_is_a_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    for place in re.findall(r"\]\((?!http)([^)#]+)", text):
        assert (ROOT / place).exists(), place


def test_extensions_are_indexed_for_blender(tmp_path: Path) -> None:
    entry = runpy.run_path(str(DEVELOP / "index_extensions.py"))["entry"]
    archive = tmp_path / "swinglever_blender-0.1.0-linux_x64.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.write(ROOT / "addons" / "swinglever_blender" / "blender_manifest.toml", "blender_manifest.toml")
    told = json.loads(json.dumps(entry(archive)))
    assert told["id"] == "swinglever_blender"
    assert told["archive_url"] == f"./{archive.name}"
    assert told["archive_size"] == archive.stat().st_size
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", told["archive_hash"])
