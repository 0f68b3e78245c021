"""A tree of geometry nodes under construction, laid out so that a person can read it."""

import bpy

from .build import MARK

#: Width of a column of nodes, and the height of a node without sockets and of a socket, in units of the editor.
_COLUMN, _ROW, _SOCKET = 220.0, 90.0, 24.0


class Graph:
    """A node tree under construction; `node` makes a node, sets its fields and wires its inputs."""

    def __init__(self, name: str, inputs: list[tuple[str, str]]) -> None:
        """Start a tree with these inputs (name, kind) and a geometry as output."""
        self.tree = bpy.data.node_groups.new(name, "GeometryNodeTree")
        self.tree[MARK] = name
        self.tree.is_modifier = True
        for label, kind in inputs:
            self.tree.interface.new_socket(label, in_out="INPUT", socket_type=f"NodeSocket{kind}")
        self.tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
        self.given = self.tree.nodes.new("NodeGroupInput").outputs

    def node(self, kind: str, settings: dict[str, object] | None = None, **inputs: object) -> bpy.types.Node:
        """Make a node, set its fields, and wire or set its inputs: by name, or by number as `i0`."""
        node = self.tree.nodes.new(kind)
        for name, value in (settings or {}).items():
            setattr(node, name, value)
        for name, value in inputs.items():
            socket = (
                node.inputs[int(name[1:])]
                if name[0] == "i" and name[1:].isdigit()
                else node.inputs[name.replace("_", " ")]
            )
            if isinstance(value, bpy.types.NodeSocket):
                self.tree.links.new(value, socket)
            else:
                socket.default_value = value
        return node

    def math(self, operation: str, *values: object, whole: bool = False) -> bpy.types.NodeSocket:
        """Compute with numbers, or with whole numbers."""
        kind = "FunctionNodeIntegerMath" if whole else "ShaderNodeMath"
        return self.node(kind, {"operation": operation}, **{f"i{i}": v for i, v in enumerate(values)}).outputs[0]

    def finish(self, geometry: bpy.types.NodeSocket) -> bpy.types.NodeTree:
        """Give out the geometry; the tree is done."""
        self.tree.links.new(geometry, self.tree.nodes.new("NodeGroupOutput").inputs[0])
        _lay_out(self.tree)
        return self.tree


def _lay_out(tree: bpy.types.NodeTree) -> None:
    """Set each node a column before the first that it feeds, the nodes of a column below each other."""
    column = dict.fromkeys(tree.nodes, 0)
    for _ in tree.nodes:
        later = {link.from_node: column[link.to_node] + 1 for link in tree.links}
        for link in tree.links:
            later[link.from_node] = max(later[link.from_node], column[link.to_node] + 1)
        if all(column[node] == place for node, place in later.items()):
            break
        column |= later
    below = dict.fromkeys(column.values(), 0.0)
    for node, place in column.items():
        node.location = (-_COLUMN * place, below[place])
        below[place] -= _ROW + _SOCKET * (len(node.inputs) + len(node.outputs))
