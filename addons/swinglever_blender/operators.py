"""Operators: each gathers what it needs, calls the module that does it, reports and returns."""

import bpy
from bpy_extras.io_utils import ExportHelper, ImportHelper

from . import changes, render, share, strobing
from .checked import open_result
from .events import find_next_event
from .export import WRITERS, export_rig
from .film import film_story
from .lookup import (
    camera_of,
    chosen_entry,
    find_folder,
    find_part,
    is_root,
    list_cases,
    list_roots,
    read_summary,
    read_time_map,
)
from .owned import building, claim, clear_folder
from .result import ResultError
from .rig import add_rig
from .strobe import set_frame
from .summary import name_swing

_NAMING_ITEMS = [
    ("rigify", "Rigify", "thigh.R, shin.R, foot.R"),
    ("mixamo", "Mixamo", "mixamorig:RightUpLeg"),
    ("ue", "Unreal Engine", "thigh_r, calf_r, foot_r"),
    ("model", "Model", "The bodies of the model"),
]
_ENUM_ITEMS: list[tuple[str, str, str]] = []  # Blender needs the strings of a computed list kept alive


def active_root(context: bpy.types.Context) -> bpy.types.Object | None:
    """Find the result that the active object belongs to, else the last one imported."""
    item = context.view_layer.objects.active
    while item is not None and not is_root(item):
        item = item.parent
    roots = list_roots(context.scene)
    return item or (roots[-1] if roots else None)


class OnResult(bpy.types.Operator):
    """Base of operators that need a result in the scene."""

    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        root = active_root(context)
        if root is None:
            cls.poll_message_set("Import a swinglever result first")
        elif root.library is not None:
            cls.poll_message_set("This result is linked from another file: make it local or append it to change it")
        return root is not None and root.library is None

    def execute(self, context: bpy.types.Context) -> set[str]:
        root = active_root(context)
        if root is None:  # Blender's own poll has said so
            return {"CANCELLED"}
        try:
            said = self.change(context, root)
        except ResultError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, said)
        return {"FINISHED"}

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        """Do it, and give what is reported."""
        raise NotImplementedError


class SWINGLEVER_OT_choose_swing(OnResult):
    """Dwell on one swing: its lever, ghosts, plots and markers"""

    bl_idname = "swinglever.choose_swing"
    bl_label = "Choose swing"
    bl_property = "swing"

    def _list(self, context: bpy.types.Context) -> list[tuple[str, str, str]]:
        root = active_root(context)
        swings = read_summary(root)["swings"] if root else {}
        _ENUM_ITEMS[:] = [(key, name_swing(key, entry), entry["verdict"]) for key, entry in swings.items()]
        return _ENUM_ITEMS

    swing: bpy.props.EnumProperty(name="Swing", items=_list)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        context.window_manager.invoke_search_popup(self)
        return {"FINISHED"}

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        changes.choose_swing(context.scene, root, self.swing)
        return f"Swing {self.swing}"


class SWINGLEVER_OT_ghost(OnResult):
    """Show the ghost leg of one case, or hide it"""

    bl_idname = "swinglever.ghost"
    bl_label = "Ghost leg"
    case: bpy.props.StringProperty(name="Case", description="Ablation case; empty hides the ghost")

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        known = list_cases(root)
        if self.case not in ("", "none", *known):
            raise ResultError(f"no ghost '{self.case}'; there are {known}")
        root.swinglever.ghost = self.case or "none"
        return f"Ghost: {self.case or 'none'}"


class SWINGLEVER_OT_strobe(OnResult):
    """Freeze poses of the swing side by side, or take them away again"""

    bl_idname = "swinglever.strobe"
    bl_label = "Strobe"
    poses: bpy.props.IntProperty(name="Poses", default=7, min=0, max=40, description="0 takes the strobe away")
    spacing: bpy.props.EnumProperty(
        name="Spaced by",
        items=[
            ("time", "Time", "As many milliseconds from each to the next"),
            ("phase", "Phase", "Half of them up to peak flexion"),
            ("angle", "Knee angle", "The knee moves as far from each to the next"),
        ],
    )

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        if self.poses == 0:
            strobing.clear_strobe(root)
            return "Strobe removed"
        strobing.add_strobe(context.scene, root, self.poses, self.spacing)
        return f"{self.poses} poses frozen"


class SWINGLEVER_OT_compare(OnResult, ImportHelper):
    """Add a second result beside or over this one, in step with it"""

    bl_idname = "swinglever.compare"
    bl_label = "Compare with another result"
    filename_ext = ".h5"
    filter_glob: bpy.props.StringProperty(default="*.h5", options={"HIDDEN"})
    lock: bpy.props.EnumProperty(
        name="In step by",
        items=[("phase", "Phase", "Toe-off, peak and foot strike coincide"), ("time", "Time", "Toe-off coincides")],
    )
    overlaid: bpy.props.BoolProperty(name="Overlaid", description="Over the first figure instead of beside it")
    swing: bpy.props.StringProperty(
        name="Swing", description="Swing of the second result; its first one of the same leg if empty"
    )

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        other = open_result(bpy.path.abspath(self.filepath))
        changes.add_comparison(context.scene, root, other, overlaid=self.overlaid, lock=self.lock, swing=self.swing)
        return f"{other.trial_name} added"


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
        root = active_root(context)
        if bpy.app.background or root is None:
            return super().execute(context)
        self._steps = film_story(context.scene, root, bpy.path.abspath(self.filepath))
        self._timer = context.window_manager.event_timer_add(0.01, window=context.window)
        context.window_manager.progress_begin(0, 100)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
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
        export_rig(context.scene, root, bpy.path.abspath(self.filepath), self.naming)
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


class SWINGLEVER_OT_relocate(OnResult, ImportHelper):
    """Say where the result file is now, so that another swing can be chosen again"""

    bl_idname = "swinglever.relocate"
    bl_label = "Find the result file"
    filename_ext = ".h5"
    filter_glob: bpy.props.StringProperty(default="*.h5", options={"HIDDEN"})

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        return f"{changes.relocate(root, self.filepath)} found again"


class SWINGLEVER_OT_remove(OnResult):
    """Take the result out of the file again, and nothing else; its own scene goes with it if nothing else is in it"""

    bl_idname = "swinglever.remove"
    bl_label = "Remove result"

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        name = root.name
        changes.remove_result(context.scene, root)
        return f"{name} removed"


class SWINGLEVER_OT_view(OnResult):
    """Look through the result's camera in this 3D view, in the colours that are rendered; other views stay"""

    bl_idname = "swinglever.view"
    bl_label = "Look through the camera"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return super().poll(context) and context.area is not None and context.area.type == "VIEW_3D"

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        camera, space = find_part(root, "camera"), context.area.spaces.active
        if camera is None:
            raise ResultError("this result has no camera of its own here")
        space.shading.type, space.shading.light, space.shading.color_type = "SOLID", "STUDIO", "VERTEX"
        space.shading.background_type = "WORLD"
        space.use_local_camera = context.scene.camera is not camera
        if space.use_local_camera:
            space.camera = camera
        space.region_3d.view_perspective = "CAMERA"
        return "This view looks through the camera"


class SWINGLEVER_OT_jump(OnResult):
    """Jump to an event of the swing"""

    bl_idname = "swinglever.jump"
    bl_label = "Jump to event"
    bl_options = {"REGISTER"}
    event: bpy.props.StringProperty(name="Event", description="Name such as peak_flexion; empty for the next one")
    direction: bpy.props.IntProperty(name="Direction", default=1, min=-1, max=1)

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        time_map, events = read_time_map(root), chosen_entry(root).get("events_s", {})
        if self.event and self.event not in events:
            raise ResultError(f"the swing has no event '{self.event}'; it has {list(events)}")
        frames = [float(time_map.to_frames(time_s)) for time_s in events.values()]
        known = float(time_map.to_frames(events[self.event])) if self.event else None
        target = find_next_event(frames, context.scene.frame_current_final, self.direction) if known is None else known
        if target is None:
            return "No event further on"
        set_frame(context.scene, target)
        return f"Frame {target:.1f}"


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
        path = bpy.path.abspath(self.filepath)
        (render.render_film if self.film else render.render_still)(context.scene, path, camera_of(root))
        return f"Wrote {path}"


CLASSES = (
    SWINGLEVER_OT_choose_swing,
    SWINGLEVER_OT_ghost,
    SWINGLEVER_OT_strobe,
    SWINGLEVER_OT_compare,
    SWINGLEVER_OT_film,
    SWINGLEVER_OT_rig,
    SWINGLEVER_OT_export,
    SWINGLEVER_OT_share,
    SWINGLEVER_OT_relocate,
    SWINGLEVER_OT_remove,
    SWINGLEVER_OT_view,
    SWINGLEVER_OT_jump,
    SWINGLEVER_OT_render,
)
