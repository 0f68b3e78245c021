"""What operators on a result share: which result is meant, and how a change is reported."""

import bpy

from .lookup import is_root, list_roots
from .result import ResultError


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
        """Change the result and report it; what is refused is reported as an error, and nothing is changed."""
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
