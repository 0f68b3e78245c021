"""Swinglever for Blender: see the running leg shorten, and who shortens it."""

import bpy

from . import filmops, importer, operators, panel, preferences, state
from .lookup import forget_parsed

_CLASSES = (preferences.SwingleverPreferences, *importer.CLASSES, *operators.CLASSES, *filmops.CLASSES, *panel.CLASSES)


def register() -> None:
    """Add the state of results, the importer, the operators, the panel and the preferences."""
    state.register()
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.TOPBAR_MT_file_import.append(importer.draw_import_entry)
    bpy.app.handlers.load_pre.append(forget_parsed)


def unregister() -> None:
    """Take everything away again."""
    bpy.app.handlers.load_pre.remove(forget_parsed)
    bpy.types.TOPBAR_MT_file_import.remove(importer.draw_import_entry)
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
    state.unregister()
