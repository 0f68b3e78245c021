"""Operators that change what is shown: each gathers what it needs, calls the module that does it, and reports."""

import bpy
from bpy_extras.io_utils import ImportHelper

from . import changes, strobing
from .checked import open_result
from .events import find_next_event
from .lookup import chosen_entry, find_part, list_cases, read_summary, read_time_map
from .onresult import OnResult, active_root
from .result import ResultError
from .strobe import set_frame
from .summary import name_swing

_ENUM_ITEMS: list[tuple[str, str, str]] = []  # Blender needs the strings of a computed list kept alive


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


CLASSES = (
    SWINGLEVER_OT_choose_swing,
    SWINGLEVER_OT_ghost,
    SWINGLEVER_OT_strobe,
    SWINGLEVER_OT_compare,
    SWINGLEVER_OT_relocate,
    SWINGLEVER_OT_remove,
    SWINGLEVER_OT_view,
    SWINGLEVER_OT_jump,
)
