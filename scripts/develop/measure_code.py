"""How is the code built? Prints sizes of modules and functions, and the shares that are documented and typed."""

import argparse
import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = [ROOT / "plugin" / "swinglever", ROOT / "addons" / "swinglever_blender"]
MANY = 6
"""Most parameters that a function should have."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Row = tuple[str, object]


def definitions(node: ast.AST, name: str) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """Every function and class below a node, named from the module on; ``_in_`` marks one inside of a function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef):
            inside = "_in_" if isinstance(node, Function) else ""
            below = f"{name}.{inside}{child.name}"
            yield below, child
            yield from definitions(child, below)
        else:
            yield from definitions(child, name)


def parameters(function: Function) -> list[ast.arg]:
    """Parameters of a function, without the ``self`` or ``cls`` of a method."""
    given = function.args
    named = [*given.posonlyargs, *given.args]
    bound = bool(named) and named[0].arg in ("self", "cls")
    return [a for a in (*named[bound:], given.vararg, *given.kwonlyargs, given.kwarg) if a is not None]


def is_typed(function: Function) -> bool:
    """Whether every parameter and the result have a type."""
    return function.returns is not None and all(a.annotation is not None for a in parameters(function))


def lines_of(function: Function) -> int:
    """Lines from ``def`` to the end, without the docstring's."""
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def offered_names(package: Path) -> set[str]:
    """The package's ``__all__``."""
    for node in ast.parse((package / "__init__.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def spread(sizes: Mapping[str, int], what: str, show: int) -> Iterator[Row]:
    """Median, 90th percentile and most; then the names of the largest."""
    ordered = sorted(sizes.values())
    yield (
        f"{what}, median / p90 / most",
        f"{median(ordered):g} / {ordered[int(0.9 * (len(ordered) - 1))]} / {ordered[-1]}",
    )
    yield from ((f"  {name}", sizes[name]) for name in sorted(sizes, key=lambda name: -sizes[name])[:show])


def share(held: Sequence[bool]) -> str:
    """How many of how many hold."""
    return f"{sum(held)} of {len(held)} ({sum(held) / max(len(held), 1):.1%})"


def figures(package: Path) -> Iterator[Row]:
    """Name and value of every figure."""
    paths = {p: p.relative_to(package).with_suffix("").as_posix().replace("/", ".") for p in package.rglob("*.py")}
    texts = {name.removesuffix(".__init__"): path.read_text(encoding="utf-8") for path, name in sorted(paths.items())}
    lines = [line for text in texts.values() for line in text.splitlines()]
    yield "modules", len(texts)
    yield "entries at the top", sum(p.suffix == ".py" or any(p.glob("**/*.py")) for p in package.iterdir())
    yield "lines", len(lines)
    yield from spread({name: len(text.splitlines()) for name, text in texts.items()}, "lines of a module", 5)
    trees = {name: ast.parse(text) for name, text in texts.items()}
    yield from figures_of_functions(dict(d for name, tree in trees.items() for d in definitions(tree, name)), package)
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    calls = [ast.unparse(node) for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "zip"]
    yield "zip(..., strict=True)", sum("strict=True" in call for call in calls)
    yield "uses of Any", sum(isinstance(node, ast.Name) and node.id == "Any" for node in nodes)


def figures_of_functions(every: Mapping[str, Function | ast.ClassDef], package: Path) -> Iterator[Row]:
    """How long functions are, how much they are given, and what is said of them."""
    functions = {name: node for name, node in every.items() if isinstance(node, Function)}
    public = [node for name, node in every.items() if not any(part.startswith("_") for part in name.split("."))]
    offered = offered_names(package)
    inner = {name: len(parameters(f)) for name, f in functions.items() if not offered & set(name.split("."))}
    many = {name: count for name, count in inner.items() if count > MANY}
    yield "functions", len(functions)
    yield from spread({name: lines_of(f) for name, f in functions.items()}, "lines of a function", 10)
    yield f"functions with more than {MANY} parameters, outside __all__", len(many)
    yield from ((f"  {name}", many[name]) for name in sorted(many, key=lambda name: -many[name]))
    yield "public functions and classes documented", share([ast.get_docstring(node) is not None for node in public])
    yield "functions typed", share([is_typed(f) for f in functions.values()])


def main() -> None:
    """Print the figures of the library and of the add-on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", type=Path, default=PACKAGES, help="folders of packages; ours by default")
    for package in parser.parse_args().packages:
        print(f"{package.name}\n{'-' * len(package.name)}")
        print("\n".join(f"{name:<60} {value}" for name, value in figures(package)), end="\n\n")


if __name__ == "__main__":
    main()
