"""Write the index of a folder of extension zips, which Blender reads as a repository that one hosts oneself.

In Blender: Preferences > Get Extensions > Repositories > Add Remote Repository, with the address of ``index.json``.
"""

import argparse
import hashlib
import json
import tomllib
import zipfile
from pathlib import Path
from typing import Any

MANIFEST = "blender_manifest.toml"


def entry(archive: Path) -> dict[str, Any]:
    """Give what the index says of a zip: its manifest, and its address, size and hash."""
    with zipfile.ZipFile(archive) as opened:
        name = next(n for n in opened.namelist() if n.rpartition("/")[2] == MANIFEST)
        manifest = tomllib.loads(opened.read(name).decode("utf-8"))
    content = archive.read_bytes()
    told = {key: value for key, value in manifest.items() if key not in ("wheels", "build")}
    digest = hashlib.sha256(content).hexdigest()
    place = {"archive_url": f"./{archive.name}", "archive_size": len(content), "archive_hash": f"sha256:{digest}"}
    return told | place


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of zips that `swinglever addon build` wrote")
    folder = parser.parse_args().folder
    archives = sorted(folder.glob("*.zip"))
    if not archives:
        parser.error(f"expected zips in '{folder}', found none; run `swinglever addon build --out {folder}` first")
    index = {"version": "v1", "blocklist": [], "data": [entry(archive) for archive in archives]}
    (folder / "index.json").write_text(json.dumps(index, indent=1), encoding="utf-8")
    print(f"written: {folder / 'index.json'}, {len(archives)} archives")
