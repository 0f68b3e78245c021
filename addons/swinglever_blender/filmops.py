"""Operators for the runner's own film."""

import bpy
from bpy_extras.io_utils import ImportHelper

from . import calibration, plate
from .lookup import chosen_entry
from .onresult import OnResult

_EVENT_ITEMS = [
    ("0", "The trial's time 0", "The film's time when the trial begins to count"),
    ("toe_off", "Toe-off", "The film's time of toe-off"),
    ("peak_flexion", "Peak flexion", "The film's time at which the knee is most bent"),
    ("foot_strike", "Foot strike", "The film's time of foot strike"),
]


class SWINGLEVER_OT_show_film(OnResult, ImportHelper):
    """Show the runner's own film or picture behind the figure, or beside it, in step with the trial"""

    bl_idname = "swinglever.show_film"
    bl_label = "Film of the runner"
    filter_glob: bpy.props.StringProperty(default="*.mp4;*.mov;*.mkv;*.avi;*.png;*.jpg", options={"HIDDEN"})
    event: bpy.props.EnumProperty(name="In step by", items=_EVENT_ITEMS, default="toe_off")
    film_s: bpy.props.FloatProperty(
        name="Film's time of it", description="In seconds from its first frame", precision=3
    )
    beside: bpy.props.BoolProperty(name="Beside", description="As an inset instead of behind the figure")

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        events = chosen_entry(root).get("events_s", {}) | {"0": 0.0}
        offset_s = plate.event_offset(events, self.event, self.film_s)
        plate.add_film(context.scene, root, bpy.path.abspath(self.filepath), offset_s, beside=self.beside)
        return (
            "Film added" if self.beside else "Film added; click four points or more in the Movie Clip Editor, and match"
        )


class SWINGLEVER_OT_match_film(OnResult):
    """Match the film's camera to tracks of its clip that are named as bodies, markers or objects of the scene"""

    bl_idname = "swinglever.match_film"
    bl_label = "Match camera"

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        misfit = plate.match_film(root)
        return f"Camera matched: {misfit:.1f} pixels from the clicked points (root mean square)"


class SWINGLEVER_OT_calibrate_film(OnResult, ImportHelper):
    """Take the film's camera from a calibration of Pose2Sim (Calib.toml)"""

    bl_idname = "swinglever.calibrate_film"
    bl_label = "Camera from calibration"
    filename_ext = ".toml"
    filter_glob: bpy.props.StringProperty(default="*.toml", options={"HIDDEN"})
    camera: bpy.props.StringProperty(name="Camera", description="Its name in the file; the only one if empty")

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        seen = calibration.read_camera(bpy.path.abspath(self.filepath), self.camera)
        plate.stand_at(root, plate.of_trial(root, seen))
        return f"Camera {self.camera} taken from the calibration"


class SWINGLEVER_OT_remove_film(OnResult):
    """Take the film and its camera away again"""

    bl_idname = "swinglever.remove_film"
    bl_label = "Remove film"

    def change(self, context: bpy.types.Context, root: bpy.types.Object) -> str:
        plate.remove_film(context.scene, root)
        return "Film removed"


CLASSES = (
    SWINGLEVER_OT_show_film,
    SWINGLEVER_OT_match_film,
    SWINGLEVER_OT_calibrate_film,
    SWINGLEVER_OT_remove_film,
)
