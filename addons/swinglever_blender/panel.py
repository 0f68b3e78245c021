"""The panel in the sidebar (N) of the 3D view; what it says comes from `summary`, which needs no window."""

import bpy

from . import summary
from .differences import second_of, share_leg
from .looks import has_thickness
from .lookup import chosen_entry, colour_ways, list_cases, read_time_map
from .onresult import active_root

_WIDTH, _MOST_LINES = 44, 12


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
        entry = chosen_entry(root)
        name = summary.name_swing(root.swinglever.swing, entry) if entry else "No swing"
        layout.operator("swinglever.choose_swing", text=name)
        if entry:
            box = layout.box()
            verdict, *reason = summary.describe_verdict(entry)
            box.label(text=verdict, icon="INFO")
            for line in (line for text in reason for line in summary.wrap(text, _WIDTH, _MOST_LINES)):
                box.label(text=line)
        layout.operator("swinglever.view")
        row = layout.row(align=True)
        for name in ("compare", "relocate", "remove"):
            row.operator(f"swinglever.{name}")


class _OfSwing(_Panel):
    bl_parent_id = "SWINGLEVER_PT_verdict"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        root = active_root(context)
        return root is not None and bool(chosen_entry(root))


class SWINGLEVER_PT_play(_OfSwing):
    """Events, speed, colours, ghosts, strobe and rendering."""

    bl_label = "Play"
    bl_idname = "SWINGLEVER_PT_play"

    def draw(self, context: bpy.types.Context) -> None:
        root, layout = active_root(context), self.layout
        if root is None:
            return
        _draw_events(layout, root)
        _draw_looks(layout.column(align=True), root)
        _draw_ghosts(layout.column(align=True), root)
        _draw_writers(layout)


def _draw_events(layout: bpy.types.UILayout, root: bpy.types.Object) -> None:
    """Draw the ways to the events of the swing: the one before, the next one, each by its name."""
    row = layout.row(align=True)
    row.operator("swinglever.jump", text="", icon="PREV_KEYFRAME").direction = -1
    row.operator("swinglever.jump", text="", icon="NEXT_KEYFRAME").direction = 1
    column = layout.column(align=True)
    for name, label, _time_s in summary.describe_events(chosen_entry(root)):
        column.operator("swinglever.jump", text=label).event = name


def _draw_looks(column: bpy.types.UILayout, root: bpy.types.Object) -> None:
    """Draw speed, colours and what else is shown at once."""
    column.prop(root.swinglever, "speed", slider=True)
    if colour_ways(root):
        column.prop(root.swinglever, "colour_by")
    if has_thickness(root):
        column.prop(root.swinglever, "thickness")
    for name in ("theme", "opacity", "captions", "quantity", "measured"):
        column.prop(root.swinglever, name)
    second = second_of(root)
    if second is not None and share_leg(root, second):
        column.prop(second.swinglever, "differences")


def _draw_ghosts(column: bpy.types.UILayout, root: bpy.types.Object) -> None:
    """Draw a button for each ghost; that of the one shown hides it."""
    for case in list_cases(root):
        shown = root.swinglever.ghost == case
        said, icon = f"Ghost {summary.name_case(case)}", "HIDE_OFF" if shown else "HIDE_ON"
        column.operator("swinglever.ghost", text=said, icon=icon).case = "" if shown else case


def _draw_writers(layout: bpy.types.UILayout) -> None:
    """Draw what freezes the swing, and what writes pictures, films, rigs and copies."""
    row = layout.row(align=True)
    row.operator("swinglever.strobe")
    row.operator("swinglever.render", text="Still").film = False
    row.operator("swinglever.render", text="Film").film = True
    row = layout.row(align=True)
    for name in ("film", "rig", "export"):
        row.operator(f"swinglever.{name}")
    layout.operator("swinglever.share")


class SWINGLEVER_PT_now(_OfSwing):
    """Values at the current frame."""

    bl_label = "Now"
    bl_idname = "SWINGLEVER_PT_now"

    def draw(self, context: bpy.types.Context) -> None:
        root = active_root(context)
        time_s = float(read_time_map(root).to_seconds(context.scene.frame_current_final))
        draw_rows(self.layout, summary.describe_moment(chosen_entry(root), time_s))


class SWINGLEVER_PT_metrics(_OfSwing):
    """Peak of every ablation case, and every metric of the result, a lab's own included."""

    bl_label = "Metrics"
    bl_idname = "SWINGLEVER_PT_metrics"

    def draw(self, context: bpy.types.Context) -> None:
        entry = chosen_entry(active_root(context))
        draw_rows(self.layout, [(f"peak {name}", peak) for name, peak in summary.describe_ablation(entry)])
        draw_rows(self.layout, summary.describe_metrics(entry))


def draw_rows(layout: bpy.types.UILayout, rows: list[tuple[str, str]]) -> None:
    """Draw names at the left and values at the right."""
    column = layout.column(align=True)
    for name, value in rows:
        row = column.split(factor=0.6)
        row.label(text=name)
        row.label(text=value)


class SWINGLEVER_PT_film(_OfSwing):
    """The runner's own film, in step with the trial."""

    bl_label = "Film of the runner"
    bl_idname = "SWINGLEVER_PT_film"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        root, layout = active_root(context), self.layout
        if root is None:
            return
        if root.swinglever.film is None:
            layout.operator("swinglever.show_film")
            return
        layout.prop(root.swinglever, "film_offset_s")
        column = layout.column(align=True)
        for name in ("match_film", "calibrate_film", "remove_film"):
            column.operator(f"swinglever.{name}")


CLASSES = (SWINGLEVER_PT_verdict, SWINGLEVER_PT_play, SWINGLEVER_PT_now, SWINGLEVER_PT_metrics, SWINGLEVER_PT_film)
