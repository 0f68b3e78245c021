"""What this add-on made, and nothing else: claimed when it is built, and taken away without touching a user's things.

Objects and collections are held by pointers on the empty that carries the result, so that neither a new name nor a
duplicate that a user makes of them counts. Their data carry a mark of ours, and go when nothing uses them any more.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import bpy

from .build import MARK
from .nodes import object_inputs


@contextmanager
def building() -> Iterator[list[bpy.types.ID]]:
    """Gather all that is made inside, or make none of it: where the inside fails, what it had made is removed."""
    before, made = {block.session_uid for block in bpy.data.all_ids}, list[bpy.types.ID]()
    try:
        yield made
    except BaseException:
        bpy.data.batch_remove([block for block in bpy.data.all_ids if block.session_uid not in before])
        raise
    made += [block for block in bpy.data.all_ids if block.session_uid not in before]


def claim(root: bpy.types.Object, made: Iterable[bpy.types.ID]) -> None:
    """Note on a result that these are its own."""
    for block in made:
        if isinstance(block, bpy.types.Object | bpy.types.Collection):
            root.swinglever.own.add().block = block
        elif MARK not in block:
            block[MARK] = ""


def is_marked(block: bpy.types.ID | None) -> bool:
    """Tell whether data were made here."""
    return block is not None and MARK in block


def own_blocks(root: bpy.types.Object) -> dict[int, bpy.types.ID]:
    """List the objects and collections of a result that are still there, by session identifier."""
    blocks = (entry.block for entry in root.swinglever.own)
    return {block.session_uid: block for block in blocks if block is not None}


def clear_folder(root: bpy.types.Object, folder: bpy.types.Collection | None) -> None:
    """Take what we made out of a folder, and out of the folders in it; a user's objects in them stay in this one."""
    if folder is None:
        return
    own, inside = own_blocks(root), list(folder.children_recursive)
    items = [item for item in folder.all_objects if item.session_uid in own]
    _remove_collections([child for child in inside if child.session_uid in own], folder)
    _remove_objects(items, own)
    _forget_removed(root)


def remove_all(root: bpy.types.Object, home: bpy.types.Collection) -> None:
    """Take a whole result away; what a user had put among it stays, in `home`."""
    own, texts = own_blocks(root), (root.swinglever.text, root.swinglever.curves)
    objects = [block for block in own.values() if isinstance(block, bpy.types.Object)]
    _remove_collections([block for block in own.values() if isinstance(block, bpy.types.Collection)], home)
    root.swinglever.own.clear()
    _remove_objects([*objects, root], own | {root.session_uid: root})
    for text in texts:
        if is_marked(text):
            bpy.data.texts.remove(text)
    shapes = (bpy.data.meshes, bpy.data.curves, bpy.data.actions)  # of what a user has deleted
    for home_of in (*shapes, bpy.data.materials, bpy.data.node_groups, bpy.data.fonts):
        # What is an asset has one user that is nobody.
        unused = [block for block in home_of if is_marked(block) and block.users - block.use_fake_user == 0]
        for block in unused:
            home_of.remove(block)


def _remove_collections(collections: list[bpy.types.Collection], home: bpy.types.Collection) -> None:
    """Remove collections; all that they hold moves to `home`."""
    gone = set(collections)
    for collection in collections:
        for item in [item for item in collection.objects if item.name not in home.objects]:
            home.objects.link(item)
        for child in [child for child in collection.children if child not in gone and child.name not in home.children]:
            home.children.link(child)
    for collection in collections:
        bpy.data.collections.remove(collection)


def _remove_objects(items: list[bpy.types.Object], own: dict[int, bpy.types.ID]) -> None:
    """Remove objects, their caches and the data that nothing uses any more; a user's children of them stay in place."""
    gone = {item.session_uid: item for item in items}
    others = (item for item in bpy.data.objects if item.session_uid not in gone)
    needed = {cache.session_uid for item in others for cache in object_inputs(item)}  # by a user's duplicates
    caches = {cache.session_uid: cache for item in items for cache in object_inputs(item)}
    gone |= {uid: cache for uid, cache in caches.items() if uid in own and uid not in needed}
    data = {block.session_uid: block for item in gone.values() for block in _data_of(item) if is_marked(block)}
    for child in [child for item in gone.values() for child in item.children if child.session_uid not in gone]:
        place = child.matrix_world.copy()
        child.parent = None
        child.matrix_world = place
    bpy.data.batch_remove(list(gone.values()))
    bpy.data.batch_remove([block for block in data.values() if block.users == 0])


def _data_of(item: bpy.types.Object) -> list[bpy.types.ID]:
    found = [item.data, item.animation_data.action if item.animation_data else None]
    return [block for block in found if block is not None]


def _forget_removed(root: bpy.types.Object) -> None:
    own = root.swinglever.own
    for index in reversed([index for index, entry in enumerate(own) if entry.block is None]):
        own.remove(index)
