"""Take away what was built, with the data that nothing else uses."""

from typing import Any

import bpy


def remove_collection(collection: bpy.types.Collection, *, keep: bool = False) -> None:
    """Remove a collection's objects and children, and itself unless kept."""
    items = list(collection.all_objects)
    data = {found for item in items for found in _data_of(item)}
    for child in list(collection.children_recursive):
        bpy.data.collections.remove(child)
    for item in items:
        bpy.data.objects.remove(item)
    for block in sorted(data, key=_order):
        if block.users == 0:
            _home_of(block).remove(block)
    if not keep:
        bpy.data.collections.remove(collection)


def _data_of(item: bpy.types.Object) -> list[bpy.types.ID]:
    found = [item.data] if item.data is not None else []
    if item.animation_data and item.animation_data.action:
        found.append(item.animation_data.action)
    for modifier in item.modifiers:
        if modifier.type == "NODES" and modifier.node_group:
            caches = [
                getattr(modifier.properties.inputs, s.identifier, None) for s in _object_sockets(modifier.node_group)
            ]
            held = [cache.value for cache in caches if cache is not None and cache.value is not None]
            found += held + [cache.data for cache in held]
    return found


def _object_sockets(tree: bpy.types.NodeTree) -> list[bpy.types.NodeTreeInterfaceSocket]:
    items = (item for item in tree.interface.items_tree if item.item_type == "SOCKET")
    return [item for item in items if item.in_out == "INPUT" and item.socket_type == "NodeSocketObject"]


def _order(block: bpy.types.ID) -> int:
    return 0 if isinstance(block, bpy.types.Object) else 1  # an object holds its data in use


def _home_of(block: bpy.types.ID) -> Any:
    homes = {
        "OBJECT": "objects",
        "MESH": "meshes",
        "CURVE": "curves",
        "CAMERA": "cameras",
        "ACTION": "actions",
        "LIGHT": "lights",
    }
    return getattr(bpy.data, homes[block.id_type])
