"""Swinglever for Blender: see the running leg shorten, and who shortens it."""

import bpy

from . import command, filmops, importer, operators, panel, preferences, state, writeops
from .lookup import forget_parsed

_OPERATORS = (*importer.CLASSES, *operators.CLASSES, *writeops.CLASSES, *filmops.CLASSES)
_CLASSES = (preferences.SwingleverPreferences, *_OPERATORS, *panel.CLASSES)
#: What Blender gave for `blender --command swinglever`.
_COMMANDS: list[object] = []


def register() -> None:
    """Add the state of results, the importer, the operators, the panel and the preferences."""
    state.register()
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.TOPBAR_MT_file_import.append(importer.draw_import_entry)
    bpy.app.handlers.load_pre.append(forget_parsed)
    _COMMANDS.append(bpy.utils.register_cli_command("swinglever", command.main))


def unregister() -> None:
    """Take everything away again."""
    while _COMMANDS:
        bpy.utils.unregister_cli_command(_COMMANDS.pop())
    bpy.app.handlers.load_pre.remove(forget_parsed)
    bpy.types.TOPBAR_MT_file_import.remove(importer.draw_import_entry)
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
    state.unregister()
