"""The importer: by menu, or by dropping a result file into the 3D view."""

import bpy
from bpy_extras.io_utils import ImportHelper, poll_file_object_drop

from . import ownscene
from .checked import open_result
from .lookup import Look
from .owned import building
from .preferences import COLOUR_ITEMS, THEME_ITEMS, find_preferences
from .result import Result, ResultError
from .scene import build_scene

_LOOKS = ("speed", "theme", "colour_by", "overground", "captions", "opacity", "measured")


class SWINGLEVER_OT_import(bpy.types.Operator, ImportHelper):
    """Import a swinglever result: skeleton, muscles, lever and ghosts of a trial"""

    bl_idname = "swinglever.import_result"
    bl_label = "Import swinglever result"
    bl_options = {"REGISTER", "UNDO"}
    filename_ext = ".h5"
    filter_glob: bpy.props.StringProperty(default="*.h5", options={"HIDDEN"})
    directory: bpy.props.StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})
    files: bpy.props.CollectionProperty(type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE", "HIDDEN"})
    new_scene: bpy.props.BoolProperty(
        name="New scene",
        description="In a scene of its own, with its own camera, light, range and markers; this one is left as it is",
        default=True,
    )
    swing: bpy.props.StringProperty(name="Swing", description="Identifier such as r_1; the first one if empty")
    speed: bpy.props.FloatProperty(name="Speed", default=0.25, min=0.01, max=2.0, subtype="FACTOR")
    theme: bpy.props.EnumProperty(name="Stage", items=THEME_ITEMS)
    colour_by: bpy.props.EnumProperty(name="Colour muscles by", items=COLOUR_ITEMS)
    overground: bpy.props.BoolProperty(name="Treadmill as ground")
    captions: bpy.props.BoolProperty(name="Captions", default=True)
    opacity: bpy.props.FloatProperty(name="Opacity", default=1.0, min=0.05, max=1.0, subtype="FACTOR")
    measured: bpy.props.BoolProperty(name="Markers and forces", description="Show what was measured")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        chosen = find_preferences(context)
        for name in _LOOKS if chosen else ():
            setattr(self, name, getattr(chosen, name))
        return self.invoke_popup(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            result = open_result(bpy.path.abspath(self.filepath))
            root = self._build(context, result)
        except ResultError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if result.muscle_path_m is None:
            self.report({"WARNING"}, f"{result.trial_name} has no muscle paths: the skeleton is shown without muscles")
        self.report({"INFO"}, f"{result.trial_name}: {len(result.swings)} swings, {len(result.time_s)} samples")
        if self.new_scene:
            context.window.scene = root.users_scene[0]
            root.users_scene[0].view_layers[0].objects.active = root
        return {"FINISHED"}

    def _build(self, context: bpy.types.Context, result: Result) -> bpy.types.Object:
        look = Look(**{name: getattr(self, name) for name in ("swing", *_LOOKS)})
        with building():
            name = f"Swinglever {result.trial_name}"
            scene = ownscene.new_scene(name, context.scene) if self.new_scene else context.scene
            return build_scene(scene, result, look)


class IO_FH_swinglever(bpy.types.FileHandler):
    """Drop a result file into the 3D view."""

    bl_idname = "IO_FH_swinglever"
    bl_label = "swinglever result"
    bl_import_operator = "swinglever.import_result"
    bl_file_extensions = ".h5"

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        return poll_file_object_drop(context)


def draw_import_entry(menu: bpy.types.Menu, context: bpy.types.Context) -> None:
    """Offer the importer in File > Import."""
    menu.layout.operator(SWINGLEVER_OT_import.bl_idname, text="swinglever result (.h5)")


CLASSES = (SWINGLEVER_OT_import, IO_FH_swinglever)
