"""HTML from Python: text is escaped unless it says that it is HTML already."""

from collections.abc import Iterable, Sequence
from html import escape


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, /, *children: str | Iterable[str], **attributes: str | int | float | bool | None) -> Html:
    """Make an element; an attribute that is None or False is left out.

    An attribute's trailing underscore falls away, the others become hyphens.

    Examples
    --------
    >>> tag("p", "a < b", tag("b", "c"), class_="note", data_x=1)
    '<p class="note" data-x="1">a &lt; b<b>c</b></p>'
    """
    told = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    body = join(*children)
    return Html(f"<{name}{told}>" if name in _VOID else f"<{name}{told}>{body}</{name}>")


def join(*children: str | Iterable[str]) -> Html:
    """Join elements and texts."""
    flat = (c for child in children for c in ([child] if isinstance(child, str) else child))
    return Html("".join(c if isinstance(c, Html) else escape(c) for c in flat))


def table(header: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> Html:
    """Make a table whose first column heads its rows, in a box that scrolls sideways on a narrow screen."""
    head = tag("tr", [tag("th", cell, scope="col") for cell in header])
    body = [tag("tr", tag("th", row[0], scope="row"), [tag("td", cell) for cell in row[1:]]) for row in rows]
    inner = join(tag("caption", caption) if caption else Html(""), tag("thead", head), tag("tbody", body))
    label = caption or f"Table: {header[0]}"
    return tag("div", tag("table", inner), class_="scroll", tabindex=0, role="region", aria_label=label)


_VOID = frozenset({"br", "hr", "img", "input", "meta", "link"})
