"""Everything that a Blender file holds, as plain values, so that two moments can be compared property by property."""

from collections.abc import Container
from typing import Any

import bpy

#: What Blender itself moves on without anybody having changed anything.
_PASSING = {"is_updated", "is_updated_data", "session_uid", "is_evaluated", "rna_type", "bl_rna", "users", "original"}
_PASSING |= {"is_runtime_data", "preview", "depsgraph", "tag", "override_library", "is_missing", "bl_system_properties"}
_DEEPEST = 7


def snapshot(names: Container[str] | None = None) -> dict[str, Any]:
    """Read every property of every data-block of the file, or of those that are named."""
    blocks = {f"{block.id_type} {block.name}": block for block in bpy.data.all_ids if _counts(block)}
    return {name: read(block) for name, block in blocks.items() if names is None or name in names}


def _counts(block: bpy.types.ID) -> bool:
    return block.id_type not in ("WINDOWMANAGER", "BRUSH", "PALETTE", "IMAGE")


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """List where two snapshots differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        found = [f"{path}/{key} appeared" for key in after.keys() - before.keys()]
        found += [f"{path}/{key} went" for key in before.keys() - after.keys()]
        shared = sorted(before.keys() & after.keys())
        return found + [line for key in shared for line in differences(before[key], after[key], f"{path}/{key}")]
    return [] if before == after else [f"{path}: {before!r:.80} -> {after!r:.80}"]


def read(struct: Any, depth: int = 0) -> Any:
    """Read a structure: plain values as they are, other data-blocks by name, what it holds itself in full."""
    values: dict[str, Any] = {}
    for prop in struct.bl_rna.properties:
        name = prop.identifier
        if name in _PASSING or depth > _DEEPEST:
            continue
        try:
            value = getattr(struct, name)
        except (AttributeError, RuntimeError):
            continue
        if prop.type == "COLLECTION":
            values[name] = {_key(index, item): _held(item, struct, depth) for index, item in enumerate(value)}
        elif prop.type == "POINTER":
            values[name] = _held(value, struct, depth)
        else:
            values[name] = _plain(value)
    if isinstance(struct, bpy.types.ID):
        values["custom"] = sorted(struct.keys())
    return values


def _key(index: int, item: Any) -> str:
    return f"{index} {getattr(item, 'name', '')}"


def _held(value: Any, owner: Any, depth: int) -> Any:
    if value is None:
        return None
    if isinstance(value, bpy.types.ID) and not value.is_embedded_data:
        return f"-> {value.id_type} {value.name}"
    if isinstance(value, bpy.types.Node | bpy.types.NodeSocket | bpy.types.Bone) and not isinstance(
        owner, bpy.types.ID | bpy.types.Node
    ):
        return f"-> {value.name}"
    if not hasattr(value, "bl_rna") or value.bl_rna.identifier in ("Depsgraph", "RenderEngine", "BlendData"):
        return None
    return read(value, depth + 1) if getattr(value, "id_data", None) is not None else str(value.bl_rna.identifier)


def _plain(value: Any) -> Any:
    if isinstance(value, (str, bytes, bool, int, float)) or value is None:
        return value
    if isinstance(value, set):
        return sorted(value)
    try:
        return repr([*value])
    except TypeError:
        return repr(value)
