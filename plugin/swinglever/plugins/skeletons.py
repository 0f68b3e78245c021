"""``swinglever plugins new``: a plugin that works as it stands, to be changed."""

import keyword
import re
import sys
from contextlib import suppress
from pathlib import Path

from swinglever.errors import InputError, OutputError, UnknownNameError
from swinglever.plugins.kinds import KINDS
from swinglever.system.whole_files import write_whole

_OWNED = ("swinglever", "swinglever_blender", "conftest", "pytest", "numpy", "scipy", "h5py", "pluggy", "click", "rich")
"""Names of modules that a plugin of that name would stand before."""

_PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "@distribution@"
version = "0.1.0"
description = "@about@"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.11"
dependencies = ["swinglever"]

[project.entry-points.swinglever]
@module@ = "@module@"

[tool.hatch.build.targets.wheel]
only-include = ["@module@.py"]
"""

_README = """\
# @distribution@

@about@ A plugin.

    pip install -e .                 # from this folder; swinglever finds the plugin by its entry point
    swinglever plugins list          # shows it, its hooks and its faults
    swinglever plugins check .       # tries it on a swing that comes with swinglever
    pytest                           # its own test

To use `@module@.py` without installing it, give swinglever its folder: `swinglever analyse … --plugins-dir FOLDER`
"""

_LICENCE = """\
MIT License

Copyright (c) the authors of @distribution@

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""

_WORKFLOW = """\
name: tests
on: [push, pull_request]
permissions: {contents: read}
jobs:
  tests:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {python-version: "3.13"}
      - run: python -m pip install pytest -e .
      - run: python -m pytest
"""


def write_skeleton(name: str, folder: Path, kind: str = "metric") -> list[Path]:
    """Write a plugin's project: module, test, README, licence, workflow.

    Parameters
    ----------
    name
        Name of the plugin: letters, digits, dashes, underscores; begins with a letter.
    folder
        Where; must not hold anything yet.
    kind
        What it offers: a name of `swinglever.plugins.kinds.KINDS`.

    Raises
    ------
    InputError
        When the name cannot be a module, or the folder is not empty.
    UnknownNameError
        When there is no such kind.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise InputError(f"expected a name of letters, digits, '-' and '_' that begins with a letter, got {name!r}")
    if kind not in KINDS:
        raise UnknownNameError(f"there is no kind {kind!r} of plugin; there are {list(KINDS)}")
    owned = name.lower().replace("-", "_")
    if keyword.iskeyword(owned) or owned in _OWNED or owned in sys.stdlib_module_names or owned.startswith("test_"):
        raise InputError(f"expected a name of your own, got {name!r}, which Python, swinglever or pytest owns")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            f"expected a folder to make, '{folder}' is there already and not empty; choose another with --out"
        )
    module, distribution = name.lower().replace("-", "_"), name.lower().replace("_", "-")
    words = {"module": module, "distribution": distribution, "command": distribution, "about": KINDS[kind].about}
    texts = {
        "pyproject.toml": _PROJECT,
        f"{module}.py": KINDS[kind].module,
        f"test_{module}.py": KINDS[kind].test,
        "README.md": _README,
        ".github/workflows/tests.yml": _WORKFLOW,
        "LICENSE": _LICENCE,
    }
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in texts.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            write_whole(folder / file, _filled(text, words).encode())
    except BaseException as error:
        for file in texts:
            (folder / file).unlink(missing_ok=True)
        for place in (folder / ".github" / "workflows", folder / ".github", *made):
            with suppress(OSError):
                place.rmdir()
        if isinstance(error, OSError) and not isinstance(error, OutputError):
            raise OutputError(f"cannot write '{folder}': {error.strerror}; choose another place with --out") from None
        raise
    return [folder / file for file in texts]


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text
