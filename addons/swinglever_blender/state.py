"""What a result is at the moment, as Blender's own properties: in the panel, live, and undone like anything else."""

from collections.abc import Callable

import bpy

from . import differences, looks, plate, plots
from .keys import curves_of
from .lookup import list_cases, list_roots
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


def _play_at(root: bpy.types.Object) -> None:
    """Play at the chosen speed, films of runners too."""
    looks.apply_speed(root)
    for scene in root.users_scene:
        for other in list_roots(scene):
            plate.key_film(other)


def _find_quantities(state: bpy.types.PropertyGroup, context: bpy.types.Context, text: str) -> list[str]:
    """Offer what can be plotted and holds every word that was typed."""
    words = text.lower().split()
    return [name for name in plots.list_quantities(state.id_data) if all(word in name.lower() for word in words)]


class SwingleverOwned(bpy.types.PropertyGroup):
    """An object or a collection that was made for a result."""

    block: bpy.props.PointerProperty(type=bpy.types.ID)


class SwingleverState(bpy.types.PropertyGroup):
    """The state of a result, on the empty that carries it."""

    ready: bpy.props.BoolProperty(options={"HIDDEN"})
    main: bpy.props.PointerProperty(type=bpy.types.Collection)
    text: bpy.props.PointerProperty(type=bpy.types.Text)
    curves: bpy.props.PointerProperty(type=bpy.types.Text)
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
        update=_then(_play_at),
        options=set(),
    )
    theme: bpy.props.EnumProperty(name="Stage", items=THEME_ITEMS, update=_then(looks.apply_theme))
    colour_by: bpy.props.EnumProperty(name="Colour muscles by", items=COLOUR_ITEMS, update=_then(looks.apply_colours))
    thickness: bpy.props.BoolProperty(
        name="Thick by force",
        description="A muscle's section in proportion to its force, while its leg swings",
        update=_then(looks.apply_thickness),
    )
    ghost: bpy.props.StringProperty(
        name="Ghost",
        description="Ablation case whose leg is shown; none hides it",
        search=_find_cases,
        update=_then(looks.apply_ghost),
        options=set(),
    )
    ghost_visible: bpy.props.BoolProperty(
        name="Show the ghost", description="Can be keyed", default=True, update=_then(looks.apply_ghost)
    )
    opacity: bpy.props.FloatProperty(
        name="Opacity",
        description="Of bones or skin",
        default=1.0,
        min=0.05,
        max=1.0,
        subtype="FACTOR",
        update=_then(looks.apply_opacity),
    )
    captions: bpy.props.BoolProperty(
        name="Captions",
        description="Title, legend and plots in the picture",
        default=True,
        update=_then(looks.apply_captions),
    )
    differences: bpy.props.BoolProperty(
        name="Differences",
        description="Lines from where each joint of the second runner is to the first's, pelvis on pelvis",
        update=_then(differences.apply_differences),
        options=set(),
    )
    quantity: bpy.props.StringProperty(
        name="Plot",
        description="A metric or a curve of the file, plotted with its number in place of the causes; empty for those",
        search=_find_quantities,
        update=_then(plots.apply_quantity),
        options=set(),
    )
    measured: bpy.props.BoolProperty(
        name="Markers and forces",
        description="Show what was measured",
        update=_then(looks.apply_measured),
    )

    film: bpy.props.PointerProperty(type=bpy.types.MovieClip)
    film_tree: bpy.props.PointerProperty(type=bpy.types.NodeTree)
    film_beside: bpy.props.BoolProperty()
    film_offset_s: bpy.props.FloatProperty(
        name="Film offset",
        description="Seconds that the film had run when the trial's time was zero",
        update=_then(plate.key_film),
        precision=3,
        options=set(),
    )


CLASSES = (SwingleverOwned, SwingleverState)
#: What is shown of each property that can be keyed: a key moves the property, and calls no update.
_KEYED = {
    "theme": looks.apply_theme,
    "colour_by": looks.apply_colours,
    "thickness": looks.apply_thickness,
    "ghost_visible": looks.apply_ghost,
    "opacity": looks.apply_opacity,
    "captions": looks.apply_captions,
    "measured": looks.apply_measured,
}


def keyed_names(root: bpy.types.Object) -> list[str]:
    """List the properties of a result's state that keys or drivers move."""
    animation = root.animation_data
    moved = [curve.data_path for curve in (*curves_of(root), *(animation.drivers if animation else ()))]
    return [name for name in _KEYED if f"swinglever.{name}" in moved]


def _follow_keys(scene: bpy.types.Scene, *_graph: object) -> None:
    """Show what keys say at this frame."""
    for root in list_roots(scene):
        for name in keyed_names(root):
            _KEYED[name](root)


#: Blender calls it at every frame, in every file.
follow_keys = bpy.app.handlers.persistent(_follow_keys)


def register() -> None:
    """Give every object room for the state of a result; only the empty that carries one ever fills it."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Object.swinglever = bpy.props.PointerProperty(type=SwingleverState)
    bpy.app.handlers.frame_change_post.append(follow_keys)


def unregister() -> None:
    """Take it away again; what files hold of it stays in them."""
    bpy.app.handlers.frame_change_post.remove(follow_keys)
    del bpy.types.Object.swinglever
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
