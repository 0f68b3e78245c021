"""What would a reviewer of JOSS or pyOpenSci tick? Looks at the tree, and prints both lists.

A box is ticked by what is found in the files, not by what is said here. What only a public server can show is left
open and says so. Exit status 1 when a box is open that does not need a server.
"""

import argparse
import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Box:
    """One item: who asks for it, what it says, and how it is seen; None where only a server can show it."""

    who: str
    item: str
    seen: Callable[[], bool] | None


def text(name: str) -> str:
    """Content of a file of the tree; nothing where it is not there."""
    path = ROOT / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def says(name: str, *patterns: str) -> Callable[[], bool]:
    """Whether a file says all of some things."""
    return lambda: all(re.search(pattern, text(name), re.IGNORECASE) for pattern in patterns)


def there(*names: str) -> Callable[[], bool]:
    """Whether files are there and hold something."""
    return lambda: all((ROOT / name).is_dir() or text(name).strip() for name in names)


def documented() -> bool:
    """Whether every public function and class of the package has a docstring."""
    return all(
        ast.get_docstring(node)
        for path in (ROOT / "plugin" / "swinglever").rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and not any(isinstance(mark, ast.Name) and mark.id == "overload" for mark in node.decorator_list)
    )


def words_of_paper() -> int:
    """Words of the paper between its head and its references."""
    return len(text("paper.md").partition("# Summary")[2].partition("# References")[0].split())


def cited_are_listed() -> bool:
    """Whether every citation of the paper is in its bibliography."""
    cited = set(re.findall(r"@([A-Z]\w+\d{4})", text("paper.md")))
    return bool(cited) and cited <= set(re.findall(r"^@\w+\{(\w+),", text("paper.bib"), re.MULTILINE))


def n_tests() -> int:
    """Count the test functions."""
    return sum(len(re.findall(r"^def test_", path.read_text("utf-8"), re.M)) for path in ROOT.glob("tests/**/*.py"))


def pythons() -> bool:
    """Whether the workflow tests three versions of Python on three systems."""
    return says(".github/workflows/tests.yml", r'"3\.11", "3\.12", "3\.13"', "ubuntu", "macos", "windows", "pytest")()


JOSS, PYOPENSCI = "JOSS", "pyOpenSci"
BOXES = (
    Box(JOSS, "repository that anybody can read and file issues in", None),
    Box(JOSS, "plain-text licence that the OSI approves", says("LICENSE", "Apache License")),
    Box(JOSS, "contributions and authorship are told", there("AUTHORS", "CITATION.cff")),
    Box(JOSS, "substantial: tests", lambda: n_tests() > 500),
    Box(JOSS, "installation by a packaging tool, dependencies listed", says("pyproject.toml", r"dependencies = \[")),
    Box(JOSS, "functional claims have commands that show them", says("README.md", "make demo", "swinglever verify")),
    Box(JOSS, "performance claims have a bench", there("scripts/develop/bench.py")),
    Box(JOSS, "statement of need", says("paper.md", "# Statement of need")),
    Box(JOSS, "installation instructions", says("docs/install.md", "pip install", "apt-get")),
    Box(JOSS, "example of use", there("docs/tutorials", "scripts/analyse_one_trial.py")),
    Box(JOSS, "functionality is documented: API", says("docs/reference/api.md", "autofunction:: analyse")),
    Box(JOSS, "automated tests", pythons),
    Box(JOSS, "guidelines: contribute", there("CONTRIBUTING.md")),
    Box(JOSS, "guidelines: report problems, seek support", says("SUPPORT.md", "Issue")),
    Box(JOSS, "paper of at most 1000 words", lambda: 250 < words_of_paper() <= 1000),
    Box(JOSS, "paper: state of the field", says("docs/comparison.md", "OpenSim", "Moco", "CEINMS")),
    Box(JOSS, "paper: references are listed", cited_are_listed),
    Box(JOSS, "archive with a DOI", None),
    Box(
        PYOPENSCI, "README: what, install, first result, docs, citation", says("README.md", "Two commands", "CITATION")
    ),
    Box(PYOPENSCI, "README: badges", None),
    Box(PYOPENSCI, "documentation built by continuous integration", says(".github/workflows/docs.yml", "make docs")),
    Box(PYOPENSCI, "tutorials that are executed", says("docs/conf.py", r'nb_execution_mode = .*"force"')),
    Box(PYOPENSCI, "docstrings of all public functions", documented),
    Box(PYOPENSCI, "contributing, code of conduct", there("CONTRIBUTING.md", "CODE_OF_CONDUCT.md")),
    Box(PYOPENSCI, "metadata: version, Python, keywords", says("pyproject.toml", "requires-python", "classifiers")),
    Box(PYOPENSCI, "codemeta.json", there("codemeta.json")),
    Box(PYOPENSCI, "changelog", there("CHANGELOG.md")),
    Box(PYOPENSCI, "continuous integration on several Pythons and systems", pythons),
    Box(PYOPENSCI, "coverage is measured", says(".github/workflows/tests.yml", "--cov")),
    Box(PYOPENSCI, "linter and types", says(".pre-commit-config.yaml", "ruff", "mypy")),
    Box(PYOPENSCI, "security policy", there("SECURITY.md")),
    Box(PYOPENSCI, "comparison with other packages", there("docs/comparison.md")),
    Box(PYOPENSCI, "released by trusted publishing", says(".github/workflows/release.yml", "id-token: write")),
    Box(PYOPENSCI, "conda recipe", there("packaging/conda/meta.yaml")),
    Box(PYOPENSCI, "package on an index", None),
)


def lines() -> Iterator[str]:
    """Give the lists, a box a line."""
    for box in BOXES:
        mark = "server" if box.seen is None else "x" if box.seen() else " "
        yield f"[{mark}] {box.who}: {box.item}"


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    told = list(lines())
    print("\n".join(told))
    print(f"paper: {words_of_paper()} words; tests: {n_tests()} functions")
    sys.exit(any(line.startswith("[ ]") for line in told))
