"""The panel in the sidebar (N) of the 3D view; what it says comes from `summary`, which needs no window."""

from typing import Any

import bpy

from . import summary
from .lookup import ROOT_KEY, colour_ways, folder_of, read_summary, read_time_map
from .operators import active_root

_WIDTH = 44


class _Panel(bpy.types.Panel):
    bl_space_type, bl_region_type, bl_category = "VIEW_3D", "UI", "Swinglever"


class SWINGLEVER_PT_verdict(_Panel):
    """Which swing, what the verdict is and why."""

    bl_label = "Swinglever"
    bl_idname = "SWINGLEVER_PT_verdict"

    def draw(self, context: bpy.types.Context) -> None:
        root, layout = active_root(context), self.layout
        if root is None:
            layout.label(text="Drop a result (.h5) into the view")
            layout.operator("swinglever.import_result", text="Import a result")
            return
        key, entry = chosen_swing(root)
        layout.operator("swinglever.choose_swing", text=summary.name_swing(key, entry) if entry else "No swing")
        if entry:
            box = layout.box()
            verdict, *reason = summary.describe_verdict(entry)
            box.label(text=verdict, icon="INFO")
            for line in (line for text in reason for line in summary.wrap(text, _WIDTH)):
                box.label(text=line)
        row = layout.row(align=True)
        for name in ("compare", "stage"):
            row.operator(f"swinglever.{name}")


class _OfSwing(_Panel):
    bl_parent_id = "SWINGLEVER_PT_verdict"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        root = active_root(context)
        return root is not None and bool(chosen_swing(root)[1])


class SWINGLEVER_PT_play(_OfSwing):
    """Events, speed, colours, ghosts, strobe and rendering."""

    bl_label = "Play"
    bl_idname = "SWINGLEVER_PT_play"

    def draw(self, context: bpy.types.Context) -> None:
        root, layout = active_root(context), self.layout
        _, entry = chosen_swing(root)
        row = layout.row(align=True)
        row.operator("swinglever.jump", text="", icon="PREV_KEYFRAME").direction = -1
        row.operator("swinglever.jump", text="", icon="NEXT_KEYFRAME").direction = 1
        column = layout.column(align=True)
        for name, label, _time_s in summary.describe_events(entry):
            column.operator("swinglever.jump", text=label).event = name
        row = layout.row(align=True)
        for share in (1.0, 0.5, 0.25, 0.1):
            row.operator("swinglever.speed", text=f"{share:g}×").speed = share
        row = layout.row(align=True)
        for way in colour_ways(root):
            row.operator("swinglever.colour", text=way.capitalize()).colour_by = way
        column = layout.column(align=True)
        for folder in folder_of(root, "ghosts").children:
            case = folder["case"]
            said = f"Ghost {summary.name_case(case)}"
            icon = "HIDE_ON" if folder.hide_viewport else "HIDE_OFF"
            column.operator("swinglever.ghost", text=said, icon=icon).case = case if folder.hide_viewport else ""
        row = layout.row(align=True)
        row.operator("swinglever.strobe")
        row.operator("swinglever.render", text="Still").film = False
        row.operator("swinglever.render", text="Film").film = True


class SWINGLEVER_PT_now(_OfSwing):
    """Values at the current frame."""

    bl_label = "Now"
    bl_idname = "SWINGLEVER_PT_now"

    def draw(self, context: bpy.types.Context) -> None:
        root = active_root(context)
        time_s = float(read_time_map(root).to_seconds(context.scene.frame_current_final))
        draw_rows(self.layout, summary.describe_moment(chosen_swing(root)[1], time_s))


class SWINGLEVER_PT_metrics(_OfSwing):
    """Peak of every ablation case, and every metric of the result, a lab's own included."""

    bl_label = "Metrics"
    bl_idname = "SWINGLEVER_PT_metrics"

    def draw(self, context: bpy.types.Context) -> None:
        _, entry = chosen_swing(active_root(context))
        draw_rows(self.layout, [(f"peak {name}", peak) for name, peak in summary.describe_ablation(entry)])
        draw_rows(self.layout, summary.describe_metrics(entry))


def chosen_swing(root: bpy.types.Object) -> tuple[str, dict[str, Any]]:
    """Give the identifier and the numbers of the swing that the scene dwells on; no numbers where there is none."""
    key = root[ROOT_KEY]["swing"]
    return key, read_summary(root)["swings"].get(key, {})


def draw_rows(layout: bpy.types.UILayout, rows: list[tuple[str, str]]) -> None:
    """Draw names at the left and values at the right."""
    column = layout.column(align=True)
    for name, value in rows:
        row = column.split(factor=0.6)
        row.label(text=name)
        row.label(text=value)


CLASSES = (SWINGLEVER_PT_verdict, SWINGLEVER_PT_play, SWINGLEVER_PT_now, SWINGLEVER_PT_metrics)
