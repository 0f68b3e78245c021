"""What a docstring says of a record's fields: each of them, and none that is not there."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_SECTIONS = ("Parameters", "Attributes")


def classes() -> Iterator[tuple[str, ast.ClassDef]]:
    """Every class of the library and of the add-on, from their text, so that nothing need be installed."""
    for folder in ("plugin/swinglever", "addons/swinglever_blender"):
        for path in sorted((_ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    yield f"{path.relative_to(_ROOT).with_suffix('')}:{node.name}".replace("/", "."), node


def is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)


ALL = dict(classes())
DOCUMENTED = [
    name
    for name, node in ALL.items()
    if is_dataclass(node)
    and any(f"\n{title}\n---" in inspect.cleandoc(ast.get_docstring(node) or "") for title in _SECTIONS)
]


def fields_of(node: ast.ClassDef) -> list[str]:
    """Names of the fields that are given to it, those of the dataclasses that it is made of first."""
    bases = {ast.unparse(base) for base in node.bases}
    inherited = [name for base in ALL.values() if base.name in bases and is_dataclass(base) for name in fields_of(base)]
    own = [
        item.target.id
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
        if not ast.unparse(item.annotation).startswith("ClassVar") and not item.target.id.startswith("_")
    ]
    return [*inherited, *own]


def names_in(docstring: str) -> list[str]:
    """Names at the left edge of the sections on parameters and attributes."""
    names: list[str] = []
    sections = re.split(r"^(\w[\w ]*)\n-{3,}\n", docstring, flags=re.M)
    for title, text in zip(sections[1::2], sections[2::2], strict=True):
        if title in _SECTIONS:
            lines = [line.partition(" : ")[0] for line in text.splitlines() if line and not line[0].isspace()]
            names += [name.strip() for line in lines for name in line.split(",")]
    return names


def test_the_sections_of_a_docstring_are_read() -> None:
    text = "Say.\n\nParameters\n----------\na, b\n    Two.\nc : int\n    One.\n\nNotes\n-----\nnot this"
    assert names_in(text) == ["a", "b", "c"]
    assert len(DOCUMENTED) > 60


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_docstring_names_the_fields_that_there_are(name: str) -> None:
    node = ALL[name]
    said, there = names_in(ast.get_docstring(node) or ""), fields_of(node)
    assert sorted(said) == sorted(there), f"too many: {set(said) - set(there)}; missing: {set(there) - set(said)}"
