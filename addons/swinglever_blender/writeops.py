"""Operators that write files: stills, films, rigs, copies to hand on."""

from pathlib import Path

import bpy
from bpy_extras.io_utils import ExportHelper

from . import render, share
from .export import WRITERS, check_format, export_rig
from .film import film_story
from .lookup import camera_of, find_folder
from .onresult import OnResult, active_root
from .owned import building, claim, clear_folder
from .result import ResultError
from .rig import add_rig
from .writing import check_place, whole

_NAMING_ITEMS = [
    ("rigify", "Rigify", "thigh.R, shin.R, foot.R"),
    ("mixamo", "Mixamo", "mixamorig:RightUpLeg"),
    ("ue", "Unreal Engine", "thigh_r, calf_r, foot_r"),
    ("model", "Model", "The bodies of the model"),
]


class SWINGLEVER_OT_film(OnResult, ExportHelper):
    """Render a film of ten seconds: real time, then slowed round the markers of peak and pass; Escape stops it"""

    bl_idname = "swinglever.film"
    bl_label = "Film of the swing"
    bl_options = {"REGISTER"}
    filename_ext = ".mp4"
    filter_glob: bpy.props.StringProperty(default="*.mp4;*.mkv;*.mov", options={"HIDDEN"})

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        for _done in film_story(context.scene, root, bpy.path.abspath(self.filepath)):
            pass
        return f"Wrote {self.filepath}"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Begin the film, a picture at each tick of a timer, so that Blender stays at hand; at once in background."""
        root = active_root(context)
        if bpy.app.background or root is None:
            return super().execute(context)
        self._steps = film_story(context.scene, root, bpy.path.abspath(self.filepath))
        self._timer = context.window_manager.event_timer_add(0.01, window=context.window)
        context.window_manager.progress_begin(0, 100)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Render the next picture and say how far the film is; Escape stops it."""
        if event.type == "ESC":
            self.report({"INFO"}, "Film stopped; nothing was written")
            return self._end(context, {"CANCELLED"})
        if event.type != "TIMER":
            return {"RUNNING_MODAL"}
        try:
            done, every = next(self._steps)
        except StopIteration:
            self.report({"INFO"}, f"Wrote {self.filepath}")
            return self._end(context, {"FINISHED"})
        except ResultError as error:
            self.report({"ERROR"}, str(error))
            return self._end(context, {"CANCELLED"})
        context.window_manager.progress_update(100 * done // every)
        return {"RUNNING_MODAL"}

    def _end(self, context: bpy.types.Context, status: set[str]) -> set[str]:
        self._steps.close()
        context.window_manager.event_timer_remove(self._timer)
        context.window_manager.progress_end()
        return status


class SWINGLEVER_OT_render(OnResult):
    """Render the current frame, or the swing as a film"""

    bl_idname = "swinglever.render"
    bl_label = "Render"
    bl_options = {"REGISTER"}
    filepath: bpy.props.StringProperty(name="File", subtype="FILE_PATH", default="//swing.png")
    film: bpy.props.BoolProperty(name="Film", description="The whole swing instead of this frame")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        self.filepath = "//swing.mp4" if self.film else "//swing.png"
        return context.window_manager.invoke_props_dialog(self)

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        target, camera = Path(bpy.path.abspath(self.filepath)), camera_of(root)
        check_place(target)
        if self.film:
            render.check_film(context.scene, str(target))
        write = render.render_film if self.film else render.render_still
        whole(target, lambda path: write(context.scene, path, camera))
        return f"Wrote {target}"


class SWINGLEVER_OT_rig(OnResult):
    """Add an armature whose bones move as the bodies do, with a mesh that follows it; again to take it away"""

    bl_idname = "swinglever.rig"
    bl_label = "Rig"
    naming: bpy.props.EnumProperty(name="Bones", items=_NAMING_ITEMS, description="What the bones are called")

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        folder = find_folder(root, "rig")
        if folder is not None and folder.objects:
            clear_folder(root, folder)
            return "Rig removed"
        with building() as made:
            rig = add_rig(context.scene, root, self.naming)
        claim(root, made)
        return f"{len(rig.armature.data.bones)} bones"


class SWINGLEVER_OT_export(OnResult, ExportHelper):
    """Write the rig for another program: glTF, FBX, BVH, USD or Alembic, by the ending of the name"""

    bl_idname = "swinglever.export"
    bl_label = "Export rig"
    filename_ext = ""
    check_extension = None
    filter_glob: bpy.props.StringProperty(default=";".join(f"*{suffix}" for suffix in WRITERS), options={"HIDDEN"})
    naming: bpy.props.EnumProperty(name="Bones", items=_NAMING_ITEMS, description="What the bones are called")

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        target = Path(bpy.path.abspath(self.filepath))
        check_place(target)
        check_format(str(target))
        whole(target, lambda path: export_rig(context.scene, root, path, self.naming))
        return f"Wrote {self.filepath}"


class SWINGLEVER_OT_share(OnResult, ExportHelper):
    """Write a copy that plays anywhere, without a path of this machine, and verify it in a fresh Blender"""

    bl_idname = "swinglever.share"
    bl_label = "Prepare for sharing"
    bl_options = {"REGISTER"}
    filename_ext = ".blend"
    filter_glob: bpy.props.StringProperty(default="*.blend", options={"HIDDEN"})

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        return share.prepare_for_sharing(context.scene, bpy.path.abspath(self.filepath))


CLASSES = (
    SWINGLEVER_OT_film,
    SWINGLEVER_OT_render,
    SWINGLEVER_OT_rig,
    SWINGLEVER_OT_export,
    SWINGLEVER_OT_share,
)
