"""Build the Blender extension: one zip for each platform, with the wheels it needs inside."""

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from swinglever import __version__
from swinglever.errors import EngineError, InputError, MissingFileError, how_to_install, named
from swinglever.system.resources import addon_folder, model_file

#: Blender's name of a platform, and pip's names of the wheels that run on it.
PLATFORMS = {
    "linux-x64": ("manylinux_2_28_x86_64", "manylinux2014_x86_64"),
    "windows-x64": ("win_amd64",),
    "macos-arm64": ("macosx_11_0_arm64",),
}
#: Python inside Blender 5.2.
_BLENDER_PYTHON = "3.13"


def build_addon(
    out: Path, *, platforms: Sequence[str] = tuple(PLATFORMS), wheels: Path | None = None
) -> tuple[Path, ...]:
    """Build the installable zips of the Blender extension.

    Parameters
    ----------
    out
        Folder to write into; made if need be.
    platforms
        Names out of `PLATFORMS`.
    wheels
        Folder that holds the h5py wheels already; else they are fetched with pip.

    Returns
    -------
    tuple of Path
        The zips, `swinglever_blender-VERSION-PLATFORM.zip`, checked by Blender's own tool.
    """
    unknown = sorted(set(platforms) - set(PLATFORMS))
    if unknown or not platforms:
        raise InputError(f"no platform {named(unknown)}; there are {named(PLATFORMS)}")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "swinglever_blender"
        shutil.copytree(addon_folder(), source, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", "wheels"))
        shutil.copy2(model_file("families.toml"), source)
        names = _collect_wheels(source / "wheels", platforms, wheels)
        _complete_manifest(source / "blender_manifest.toml", platforms, names)
        built = Path(folder) / "built"
        built.mkdir()
        _run_blender_tool("build", "--source-dir", str(source), "--output-dir", str(built), "--split-platforms")
        return _deliver(built, out)


def validate_addon(path: Path) -> None:
    """Check an extension's folder or zip with Blender's own tool, tags included."""
    _run_blender_tool("validate", str(path), "--valid-tags", str(_blender_file("_bpy_internal/extensions/tags.py")))


def _deliver(built: Path, out: Path) -> tuple[Path, ...]:
    out.mkdir(parents=True, exist_ok=True)
    zips = sorted(built.glob("*.zip"))
    for path in zips:
        validate_addon(path)
    return tuple(Path(shutil.copy2(path, out / path.name)) for path in zips)


def _collect_wheels(target: Path, platforms: Sequence[str], given: Path | None) -> list[str]:
    target.mkdir()
    for platform in platforms:
        if given is None:
            _download_wheel(target, platform)
        else:
            shutil.copy2(_find_wheel(given, platform), target)
    return sorted(path.name for path in target.glob("*.whl"))


def _find_wheel(folder: Path, platform: str) -> Path:
    ending = PLATFORMS[platform]
    abi = f"cp{_BLENDER_PYTHON.replace('.', '')}"
    found = [path for path in folder.glob(f"h5py-*-{abi}-{abi}-*.whl") if any(tag in path.name for tag in ending)]
    if not found:
        raise MissingFileError(
            f"{folder} holds no h5py wheel for {platform}: expected h5py-*-{abi}-{abi}-{ending[0]}.whl"
        )
    return found[-1]


def _download_wheel(target: Path, platform: str) -> None:
    if importlib.util.find_spec("pip") is None:
        raise EngineError("fetching the wheels needs pip: 'python -m ensurepip', or name a folder that holds them")
    abi = f"cp{_BLENDER_PYTHON.replace('.', '')}"
    command = [sys.executable, "-m", "pip", "download", f"h5py=={version('h5py')}", "--no-deps", "--quiet"]
    command += ["--only-binary=:all:", "--implementation", "cp", "--python-version", _BLENDER_PYTHON, "--abi", abi]
    for tag in PLATFORMS[platform]:
        command += ["--platform", tag]
    _run([*command, "--dest", str(target)], f"fetching the h5py wheel for {platform}")


def _complete_manifest(path: Path, platforms: Sequence[str], wheels: Sequence[str]) -> None:
    """Write in what only a build knows: the version, the platforms and their wheels."""
    plain = re.match(r"\d+\.\d+\.\d+", __version__)
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'^version = ".*"$', f'version = "{plain[0] if plain else "0.0.0"}"', text, count=1, flags=re.M)
    lists = ([f"./wheels/{name}" for name in wheels], platforms)
    files, names = (", ".join(f'"{item}"' for item in items) for items in lists)
    lines = f"platforms = [{names}]\nwheels = [{files}]\n\n[permissions]"
    path.write_text(text.replace("[permissions]", lines, 1), encoding="utf-8")


def _run_blender_tool(*arguments: str) -> None:
    tool = _blender_file("addons_core/bl_pkg/cli/blender_ext.py")
    _run([sys.executable, str(tool), *arguments], f"Blender's extension tool ({arguments[0]})")


def _blender_file(name: str) -> Path:
    """Find a file of Blender's scripts without importing Blender."""
    spec = importlib.util.find_spec("bpy")
    roots = [Path(place) for place in spec.submodule_search_locations or ()] if spec else []
    for root in roots:
        for found in (*root.glob(f"*/scripts/{name}"), *root.glob(f"*/scripts/modules/{name}")):
            return found
    raise MissingFileError(f"no {name} of Blender: {how_to_install('blender')}, on Python {_BLENDER_PYTHON}")


def _run(command: Sequence[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise EngineError(f"{what} failed: {(done.stderr or done.stdout).strip()[-800:]}")
