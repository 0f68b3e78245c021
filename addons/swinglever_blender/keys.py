"""Keyframes in bulk: layered actions with one slot for each object, written by `foreach_set`."""

import bpy
import numpy as np

CONSTANT, LINEAR = 0, 1


class Track:
    """One layered action, one strip; gives each object its slot and writes whole curves into it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.action: bpy.types.Action | None = None

    def bag_of(self, item: bpy.types.ID) -> bpy.types.ActionChannelbag:
        """Give the channels of an object, assigning the slot; without a slot it would silently stand still."""
        animation = item.animation_data or item.animation_data_create()
        if animation.action is None:  # an object that moves already keeps its action: it can hold only one
            action = self._own_action()
            animation.action = action
            animation.action_slot = action.slots.new(id_type=item.id_type, name=item.name)
        return animation.action.layers[0].strips[0].channelbag(animation.action_slot, ensure=True)

    def _own_action(self) -> bpy.types.Action:
        if self.action is None:
            self.action = bpy.data.actions.new(self.name)
            self.action.layers.new("Layer").strips.new(type="KEYFRAME")
        return self.action

    def key(
        self, item: bpy.types.Object, path: str, frames: np.ndarray, values: np.ndarray, *, kind: int = LINEAR
    ) -> None:
        """Key a property over frames (n,); values are (n,) or, for a vector, (n, size)."""
        columns = values[:, np.newaxis] if values.ndim == 1 else values
        bag = self.bag_of(item)
        for index in range(columns.shape[1]):
            curve = bag.fcurves.new(path, index=index)
            curve.keyframe_points.add(len(frames))
            pairs = np.stack([frames, columns[:, index]], axis=1).astype(np.float32)
            curve.keyframe_points.foreach_set("co", pairs.ravel())
            curve.keyframe_points.foreach_set("interpolation", np.full(len(frames), kind, dtype=np.intc))
            curve.update()

    def repeat(
        self, item: bpy.types.Object, path: str, frames: tuple[float, float], values: tuple[float, float], index: int
    ) -> None:
        """Key a straight run that starts over for ever, as a belt does."""
        curve = self.bag_of(item).fcurves.new(path, index=index)
        curve.keyframe_points.add(2)
        curve.keyframe_points.foreach_set("co", np.array([*zip(frames, values, strict=True)], dtype=np.float32).ravel())
        curve.keyframe_points.foreach_set("interpolation", np.full(2, LINEAR, dtype=np.intc))
        curve.modifiers.new("CYCLES")
        curve.update()

    def show_between(self, item: bpy.types.Object, first: float, last: float) -> None:
        """Show an object from one frame to another only: the first key hides it at all frames before it."""
        frames = np.array([first - 1.0, first - 1e-3, last + 1e-3])
        for path in ("hide_viewport", "hide_render"):
            self.key(item, path, frames, np.array([1.0, 0.0, 1.0]), kind=CONSTANT)


def curves_of(item: bpy.types.Object) -> list[bpy.types.FCurve]:
    """List the curves that move an object."""
    animation = item.animation_data
    action = animation.action if animation else None
    if action is None or not action.layers or animation.action_slot is None:  # there may be drivers alone
        return []
    bag = action.layers[0].strips[0].channelbag(animation.action_slot)
    return list(bag.fcurves) if bag else []


def stretch_curves(actions: list[bpy.types.Action], ratio: float, about: float = 1.0) -> None:
    """Multiply the distance of all keys from a frame, which slows or quickens everything alike."""
    for action in actions:
        for slot in action.slots:
            bag = action.layers[0].strips[0].channelbag(slot)
            for curve in bag.fcurves if bag else ():
                co = np.empty(2 * len(curve.keyframe_points), dtype=np.float32)
                curve.keyframe_points.foreach_get("co", co)
                co[::2] = about + (co[::2] - about) * ratio
                curve.keyframe_points.foreach_set("co", co)
                curve.update()
