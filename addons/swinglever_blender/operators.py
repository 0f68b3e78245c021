"""Operators: each gathers what it needs, calls the module that does it, reports and returns."""

import bpy
from bpy_extras.io_utils import ImportHelper, poll_file_object_drop

from . import changes, stage
from .changes import add_comparison, rebuild_swing, set_speed
from .events import find_next_event
from .lookup import ROOT_KEY, Look, folder_of, list_roots, read_summary, read_time_map
from .preferences import COLOUR_ITEMS, THEME_ITEMS, find_preferences
from .result import ResultError, read_result
from .scene import build_scene
from .strobe import set_frame
from .summary import name_case, name_swing

_LOOKS = ("speed", "theme", "colour_by", "overground", "captions", "opacity", "measured")
_ENUM_ITEMS: list[tuple[str, str, str]] = []  # Blender needs the strings of a computed list kept alive


def active_root(context: bpy.types.Context) -> bpy.types.Object | None:
    """Find the result that the active object belongs to, else the last one imported."""
    roots = list_roots(context.scene)
    item = context.view_layer.objects.active
    while item is not None and item not in roots:
        item = item.parent
    return item or (roots[-1] if roots else None)


class _OnResult(bpy.types.Operator):
    """Base of operators that need a result in the scene."""

    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if active_root(context) is None:
            cls.poll_message_set("Import a swinglever result first")
            return False
        return True

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


class SWINGLEVER_OT_import(bpy.types.Operator, ImportHelper):
    """Import a swinglever result: skeleton, muscles, lever and ghosts of a trial"""

    bl_idname = "swinglever.import_result"
    bl_label = "Import swinglever result"
    bl_options = {"REGISTER", "UNDO"}
    filename_ext = ".h5"
    filter_glob: bpy.props.StringProperty(default="*.h5", options={"HIDDEN"})
    directory: bpy.props.StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})
    files: bpy.props.CollectionProperty(type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE", "HIDDEN"})
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
        looks = {name: getattr(self, name) for name in ("swing", *_LOOKS)}
        try:
            result = read_result(bpy.path.abspath(self.filepath))
            root = build_scene(context.scene, result, Look(**looks))
        except ResultError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        stage.set_up_render(context.scene)
        context.view_layer.objects.active = root
        if result.muscle_path_m is None:
            self.report({"WARNING"}, f"{result.trial_name} has no muscle paths: the skeleton is shown without muscles")
        n_swings = len(result.swings)
        self.report({"INFO"}, f"{result.trial_name}: {n_swings} swings, {len(result.time_s)} samples")
        return {"FINISHED"}


class SWINGLEVER_OT_choose_swing(_OnResult):
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
        rebuild_swing(context.scene, root, swing=self.swing)
        return f"Swing {self.swing}"


class SWINGLEVER_OT_ghost(_OnResult):
    """Show the ghost leg of one case, or hide it"""

    bl_idname = "swinglever.ghost"
    bl_label = "Ghost leg"
    case: bpy.props.StringProperty(name="Case", description="Ablation case; empty hides the ghost")

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        known = [folder["case"] for folder in folder_of(root, "ghosts").children]
        if self.case and self.case not in known:
            raise ResultError(f"no ghost '{self.case}'; there are {known}")
        changes.show_ghost(root, self.case)
        return f"Ghost: {name_case(self.case)}" if self.case else "Ghost hidden"


class SWINGLEVER_OT_colour(_OnResult):
    """Colour the muscles by activation, by power or by what they do to the knee"""

    bl_idname = "swinglever.colour"
    bl_label = "Colour muscles"
    colour_by: bpy.props.EnumProperty(name="Colour by", items=COLOUR_ITEMS)

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        changes.recolour(context.scene, root, self.colour_by)
        return f"Muscles coloured by {self.colour_by}"


class SWINGLEVER_OT_strobe(_OnResult):
    """Freeze poses of the swing side by side, or take them away again"""

    bl_idname = "swinglever.strobe"
    bl_label = "Strobe"
    poses: bpy.props.IntProperty(name="Poses", default=7, min=0, max=40, description="0 takes the strobe away")

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        if self.poses == 0:
            changes.clear_strobe(context.scene, root)
            return "Strobe removed"
        changes.add_strobe(context.scene, root, self.poses)
        return f"{self.poses} poses frozen"


class SWINGLEVER_OT_compare(_OnResult, ImportHelper):
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
    swing: bpy.props.StringProperty(name="Swing", description="Swing of the second result; its first one if empty")

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        other = read_result(bpy.path.abspath(self.filepath))
        add_comparison(context.scene, root, other, overlaid=self.overlaid, lock=self.lock, swing=self.swing)
        return f"{other.trial_name} added"


class SWINGLEVER_OT_stage(_OnResult):
    """Set the stage: light or dark, treadmill or ground, with or without captions"""

    bl_idname = "swinglever.stage"
    bl_label = "Camera and stage"
    theme: bpy.props.EnumProperty(name="Stage", items=THEME_ITEMS)
    captions: bpy.props.BoolProperty(name="Captions", default=True)
    opacity: bpy.props.FloatProperty(name="Opacity", default=1.0, min=0.05, max=1.0, subtype="FACTOR")
    measured: bpy.props.BoolProperty(name="Markers and forces", description="Show what was measured")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        root = active_root(context)
        state = root[ROOT_KEY] if root else {}
        for name, value in state.items():
            if name in ("theme", "opacity", "captions", "measured"):
                setattr(self, name, value)
        return context.window_manager.invoke_props_dialog(self)

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        looks = {name: getattr(self, name) for name in ("theme", "captions", "opacity", "measured")}
        rebuild_swing(context.scene, root, **looks)
        stage.set_up_render(context.scene)
        return f"{self.theme.capitalize()} stage"


class SWINGLEVER_OT_speed(_OnResult):
    """Play at a share of real speed"""

    bl_idname = "swinglever.speed"
    bl_label = "Slow motion"
    speed: bpy.props.FloatProperty(name="Speed", default=0.25, min=0.01, max=2.0, subtype="FACTOR")

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        set_speed(context.scene, self.speed)
        return f"{self.speed:g} of real speed"


class SWINGLEVER_OT_jump(_OnResult):
    """Jump to an event of the swing"""

    bl_idname = "swinglever.jump"
    bl_label = "Jump to event"
    bl_options = {"REGISTER"}
    event: bpy.props.StringProperty(name="Event", description="Name such as peak_flexion; empty for the next one")
    direction: bpy.props.IntProperty(name="Direction", default=1, min=-1, max=1)

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        entry = read_summary(root)["swings"].get(root[ROOT_KEY]["swing"], {"events_s": {}})
        time_map, events = read_time_map(root), entry["events_s"]
        if self.event and self.event not in events:
            raise ResultError(f"the swing has no event '{self.event}'; it has {list(events)}")
        frames = [float(time_map.to_frames(time_s)) for time_s in events.values()]
        known = float(time_map.to_frames(events[self.event])) if self.event else None
        target = find_next_event(frames, context.scene.frame_current_final, self.direction) if known is None else known
        if target is None:
            return "No event further on"
        set_frame(context.scene, target)
        return f"Frame {target:.1f}"


class SWINGLEVER_OT_render(_OnResult):
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
        stage.render_film(context.scene, path) if self.film else stage.render_still(context.scene, path)
        return f"Wrote {path}"


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


CLASSES = (
    SWINGLEVER_OT_import,
    SWINGLEVER_OT_choose_swing,
    SWINGLEVER_OT_ghost,
    SWINGLEVER_OT_colour,
    SWINGLEVER_OT_strobe,
    SWINGLEVER_OT_compare,
    SWINGLEVER_OT_stage,
    SWINGLEVER_OT_speed,
    SWINGLEVER_OT_jump,
    SWINGLEVER_OT_render,
    IO_FH_swinglever,
)
