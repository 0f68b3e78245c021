"""Install the zip, enable it, import a result, disable it; write what was there before and after (run as a script)."""

import json
import os
import sys
from pathlib import Path

import bpy

MODULE = "bl_ext.user_default.swinglever_blender"


def traces() -> dict[str, list[str]]:
    """List all that an add-on can leave behind: classes, operators, handlers, properties, menu entries."""
    handlers = {name: getattr(bpy.app.handlers, name) for name in dir(bpy.app.handlers)}
    menus = {name: getattr(getattr(bpy.types, name), "draw", None) for name in dir(bpy.types) if "_MT_" in name}
    operators = [f"{group}.{name}" for group in dir(bpy.ops) for name in dir(getattr(bpy.ops, group))]
    return {
        "classes": sorted(dir(bpy.types)),
        "operators": sorted(operators),
        "handlers": sorted(f"{name} {len(found)}" for name, found in handlers.items() if isinstance(found, list)),
        "properties": sorted(
            f"{kind}.{name}"
            for kind in ("Scene", "Object", "WindowManager", "Collection")
            for name in getattr(bpy.types, kind).bl_rna.properties.keys()  # noqa: SIM118 - a collection, not a dict
        ),
        "menus": sorted(f"{name} {len(getattr(draw, '_draw_funcs', ()))}" for name, draw in menus.items() if draw),
    }


def main() -> None:
    """Run the life of an installation."""
    import addon_utils  # one of Blender's own scripts: in reach once bpy is

    archive, result, out = sys.argv[1:]
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.extensions.package_install_files(filepath=archive, repo="user_default", enable_on_install=False)
    before = traces()
    addon_utils.enable(MODULE)
    during = traces()
    assert bpy.ops.swinglever.import_result(filepath=result, speed=1.0) == {"FINISHED"}
    assert bpy.context.preferences.addons.get(MODULE) or MODULE in sys.modules
    scene, heights = bpy.context.scene, []
    for frame in range(1, 24, 2):
        scene.frame_set(frame)
        shape = scene.objects["calcn_r"].evaluated_get(bpy.context.evaluated_depsgraph_get())
        heights.append(shape.matrix_world.translation.z)
    addon_utils.disable(MODULE)
    said = {
        "module": sys.modules[MODULE].__name__,
        "moved_m": max(heights) - min(heights),
        "added": sorted(set(during["classes"]) - set(before["classes"])),
        "before": before,
        "after": traces(),
    }
    Path(out).write_text(json.dumps(said))


if __name__ == "__main__":
    main()
    os._exit(0)
