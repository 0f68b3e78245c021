"""Preferences: how a result looks when it is first imported."""

import bpy

THEME_ITEMS = [("dark", "Dark", "Dark stage"), ("light", "Light", "Light stage")]
COLOUR_ITEMS = [
    ("contribution", "Contribution", "Warm: folds the knee by pulling; cool: through momentum; violet: unfolds it"),
    ("activation", "Activation", "How active each muscle is"),
    ("power", "Power", "Shortening under load or being lengthened"),
]


class SwingleverPreferences(bpy.types.AddonPreferences):
    """Defaults for imports."""

    bl_idname = __package__

    speed: bpy.props.FloatProperty(
        name="Speed", description="Share of real speed", default=0.25, min=0.01, max=2.0, subtype="FACTOR"
    )
    theme: bpy.props.EnumProperty(name="Stage", items=THEME_ITEMS)
    colour_by: bpy.props.EnumProperty(name="Colour muscles by", items=COLOUR_ITEMS)
    overground: bpy.props.BoolProperty(
        name="Treadmill as ground", description="Carry a treadmill runner forward at the speed of the belt"
    )
    captions: bpy.props.BoolProperty(
        name="Captions", description="Title, legend and plots in the picture", default=True
    )

    opacity: bpy.props.FloatProperty(
        name="Opacity", description="Of bones or skin", default=1.0, min=0.05, max=1.0, subtype="FACTOR"
    )

    measured: bpy.props.BoolProperty(name="Markers and forces", description="Show what was measured")

    def draw(self, context: bpy.types.Context) -> None:
        """Show the defaults."""
        for name in ("speed", "theme", "colour_by", "overground", "captions", "opacity", "measured"):
            self.layout.prop(self, name)


def find_preferences(context: bpy.types.Context) -> bpy.types.AddonPreferences | None:
    """Find the add-on's preferences; none where its modules run without being installed."""
    addon = context.preferences.addons.get(__package__)
    return addon.preferences if addon else None
