"""How the documentation site is built: `make docs`, offline, every warning an error."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "plugin"))
# The tutorials' kernels run the code of this checkout, with the commands of this environment.
os.environ["PYTHONPATH"] = str(ROOT / "plugin")
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
os.environ["SWINGLEVER_CHECKOUT"] = str(ROOT)
# Kernels read this profile alone, not the user's. They listen on the loopback interface, and need not warn of it.
PROFILE = ROOT / "out" / "docs" / "ipython" / "profile_default"
PROFILE.mkdir(parents=True, exist_ok=True)
(PROFILE / "ipython_kernel_config.py").write_text('get_config().IPKernelApp.log_level = "ERROR"\n', encoding="utf-8")
os.environ["IPYTHONDIR"] = str(PROFILE.parent)

import nbclient  # noqa: E402 - reads the environment

# Output of a command comes in pieces: joined as they are, before myst-nb ends each with a new line.
nbclient.NotebookClient.coalesce_streams = True

import swinglever  # noqa: E402 - found through the path above

project = "swinglever"
author = "the swinglever developers"
project_copyright = f"2026, {author}"
version = release = swinglever.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "numpydoc",
    "sphinx_click",
    "sphinx_copybutton",
]
exclude_patterns = ["_ext"]

myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 4
nb_execution_mode = "off" if os.environ.get("SWINGLEVER_DOCS_EXECUTE") == "0" else "force"
if nb_execution_mode == "off":
    suppress_warnings = ["myst-nb.lexer"]  # told by the kernels
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_merge_streams = True

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
numpydoc_show_class_members = False

html_theme = "furo"
html_title = f"swinglever {release}"
copybutton_exclude = ".linenos, .gp"
