"""What a result is at the moment, as Blender's own properties: in the panel, live, and undone like anything else."""

from collections.abc import Callable

import bpy

from . import looks
from .lookup import list_cases
from .preferences import COLOUR_ITEMS, THEME_ITEMS


def _then(apply: Callable[[bpy.types.Object], None]) -> Callable[[bpy.types.PropertyGroup, bpy.types.Context], None]:
    """Make a change show at once, except while the result is still being built."""

    def update(state: bpy.types.PropertyGroup, context: bpy.types.Context) -> None:
        if state.ready:
            apply(state.id_data)

    return update


def _find_cases(state: bpy.types.PropertyGroup, context: bpy.types.Context, text: str) -> list[str]:
    """Offer the ghosts that there are."""
    return ["none", *list_cases(state.id_data)]


class SwingleverOwned(bpy.types.PropertyGroup):
    """An object or a collection that was made for a result."""

    block: bpy.props.PointerProperty(type=bpy.types.ID)


class SwingleverState(bpy.types.PropertyGroup):
    """The state of a result, on the empty that carries it."""

    ready: bpy.props.BoolProperty(options={"HIDDEN"})
    main: bpy.props.PointerProperty(type=bpy.types.Collection)
    text: bpy.props.PointerProperty(type=bpy.types.Text)
    own: bpy.props.CollectionProperty(type=SwingleverOwned)
    path: bpy.props.StringProperty(name="Result file", subtype="FILE_PATH")
    swing: bpy.props.StringProperty(name="Swing")
    second: bpy.props.BoolProperty()
    overground: bpy.props.BoolProperty(name="Treadmill as ground")
    speed: bpy.props.FloatProperty(
        name="Speed",
        description="Share of real speed",
        default=0.25,
        min=1e-6,
        soft_min=0.01,
        soft_max=1.0,
        max=100.0,
        update=_then(looks.apply_speed),
        options=set(),
    )
    theme: bpy.props.EnumProperty(name="Stage", items=THEME_ITEMS, update=_then(looks.apply_theme), options=set())
    colour_by: bpy.props.EnumProperty(
        name="Colour muscles by", items=COLOUR_ITEMS, update=_then(looks.apply_colours), options=set()
    )
    ghost: bpy.props.StringProperty(
        name="Ghost",
        description="Ablation case whose leg is shown; none hides it",
        search=_find_cases,
        update=_then(looks.apply_ghost),
        options=set(),
    )
    opacity: bpy.props.FloatProperty(
        name="Opacity",
        description="Of bones or skin",
        default=1.0,
        min=0.05,
        max=1.0,
        subtype="FACTOR",
        update=_then(looks.apply_opacity),
        options=set(),
    )
    captions: bpy.props.BoolProperty(
        name="Captions",
        description="Title, legend and plots in the picture",
        default=True,
        update=_then(looks.apply_captions),
        options=set(),
    )
    measured: bpy.props.BoolProperty(
        name="Markers and forces",
        description="Show what was measured",
        update=_then(looks.apply_measured),
        options=set(),
    )


CLASSES = (SwingleverOwned, SwingleverState)


def register() -> None:
    """Give every object room for the state of a result; only the empty that carries one ever fills it."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Object.swinglever = bpy.props.PointerProperty(type=SwingleverState)


def unregister() -> None:
    """Take it away again; what files hold of it stays in them."""
    del bpy.types.Object.swinglever
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
