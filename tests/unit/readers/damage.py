"""Ways in which files come damaged: by transfers, by typing errors, by other programs, and by somebody's will."""

import random
import re
from collections.abc import Callable, Sequence

# Pieces that labs' files have where they should not: signs of other locales, of Windows, of broken exports.
ODD = (b"", b"\t", b"\n", b"\r\n", b",", b"nan", b"1e999", b"-", b"\xef\xbb\xbf", b"\xff", b"\0", b"<", b"&x;", b"1_0")
ODD += (
    b"x",
    b'"',
    b"'",
    b"\\",
    b"=",
    b"[",
    b"{",
    b"#",
    b"\x0b",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\xd9\xa3",
    b"%s",
    b"..",
)
EXTREME = (
    b"0",
    b"-1",
    b"-0.0",
    b"nan",
    b"inf",
    b"-inf",
    b"1e999",
    b"1e308",
    b"-1e308",
    b"5e-324",
    b"2147483648",
    b"65536",
)
EXTREME += (b"-2147483649", b"9223372036854775808", b"4294967295", b"1" * 400, b"1" * 5000, b"0x10", b"1,5", b"0.1.2")
EXTREME += (b"true", b"null", b'""', b"[]", b"{}", b"[1]", b'"x"', b"1e-400", b"3", b"1e9", b"2", b"100000")
MARKS = (b"\n", b"\t", b",", b"<", b" ", b"=", b";", b"}", b"_", b"/", b'"')
NESTS = ((b"[", b"]"), (b"{", b"}"), (b"<a>", b"</a>"), (b'{"a":', b"}"), (b"a={a=", b"}}"), (b"<a>", b""), (b"[", b""))
_NUMBER = re.compile(rb"[-+]?\d+\.?\d*(?:[eE][-+]?\d+)?")
_ELEMENT = re.compile(rb"<(\w[\w:.]*)[^<>]*>.*?</\1>", re.DOTALL)
_MOST = 2**20
"""Bytes beyond which nothing is added to a file."""


def damaged(content: bytes, chance: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """Return a content with up to four things wrong with it.

    Parameters
    ----------
    content
        A file that is read.
    chance
        What decides; the same damage for the same state.
    others
        More files of the format, of which a piece may come in.
    """
    if chance.random() < 0.02:
        return chance.randbytes(chance.randrange(400))
    ways = _OF_BYTES if _is_binary(content) else _OF_TEXT
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        other = chance.choice(others) if others and chance.random() < 0.05 else b""
        content = _spliced(content, other, chance) if other else chance.choice(ways)(content, chance)
    return content


def _is_binary(content: bytes) -> bool:
    return b"\0" in content[:600]


def _cut(content: bytes, chance: random.Random) -> bytes:
    """Put something odd in the place of up to forty bytes."""
    start, end = _span(content, chance, 40)
    filling = chance.choice(ODD) if chance.random() < 0.7 else chance.randbytes(chance.randrange(9))
    return content[:start] + filling + content[end:]


def _number(content: bytes, chance: random.Random) -> bytes:
    found = list(_NUMBER.finditer(content[:200_000]))
    if not found:
        return _cut(content, chance)
    early = chance.random() < 0.5  # counts, rates and units stand in the first lines
    spot = chance.choice(found[:40] if early else found)
    return content[: spot.start()] + chance.choice(EXTREME) + content[spot.end() :]


def _pieces(content: bytes, chance: random.Random) -> bytes:
    """Remove, repeat, swap, move or put into one another lines, cells, words or tags."""
    mark = chance.choice([mark for mark in MARKS if mark in content] or [b"\n"])
    pieces = content.split(mark)
    return mark.join(_arranged(pieces, chance))


def _arranged(pieces: list[bytes], chance: random.Random) -> list[bytes]:
    where, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
    some = pieces[where : where + chance.choice((1, 1, 1, 2, 5))]
    way = chance.choice(("remove", "twice", "often", "swap", "move", "empty", "odd"))
    if way == "remove":
        return pieces[:where] + pieces[where + len(some) :]
    if way in ("twice", "often"):
        most = max(_MOST // (sum(map(len, some)) + 1), 1)
        return (
            pieces[:where] + some * min(2 if way == "twice" else chance.choice((20, 300, 3000)), most) + pieces[where:]
        )
    if way == "swap":
        pieces[where], pieces[other] = pieces[other], pieces[where]
    elif way == "move":
        pieces.insert(other, pieces.pop(where))
    else:
        pieces[where] = b"" if way == "empty" else chance.choice((*ODD, *EXTREME))
    return pieces


def _element(content: bytes, chance: random.Random) -> bytes:
    """Remove, repeat, swap or nest whole elements of XML."""
    start = chance.randrange(len(content) + 1)
    found = list(_ELEMENT.finditer(content, start, start + 5000))
    if not found:
        return _nested(content, chance)
    spot, other = found[0], chance.choice(found)
    instead = chance.choice((b"", spot[0] * 2, other[0], spot[0] * chance.choice((10, 200)), _deep(spot[0], chance)))
    return content[: spot.start()] + instead[:_MOST] + content[spot.end() :]


def _deep(element: bytes, chance: random.Random) -> bytes:
    opening, closing = element[: element.index(b">") + 1], element[element.rindex(b"<") :]
    times = chance.choice((1, 30, 2000))
    return opening * times + element + closing * times


def _nested(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance, 60)
    (opening, closing), times = chance.choice(NESTS), chance.choice((1, 2, 100, 3000, 100_000))
    return content[:start] + opening * times + content[start:end] + closing * times + content[end:]


def _ended(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _spliced(content: bytes, other: bytes, chance: random.Random) -> bytes:
    start, end = _span(other, chance, 2000)
    where = chance.randrange(len(content) + 1)
    return content[:where] + other[start:end] + content[where + chance.choice((0, end - start)) :]


def _turned(content: bytes, chance: random.Random) -> bytes:
    """Change up to twelve bytes."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 12) if content else 0):
        changed[_place(content, chance)] = chance.randrange(256)
    return bytes(changed)


def _field(content: bytes, chance: random.Random) -> bytes:
    """Put an extreme number of two, four or eight bytes somewhere."""
    size = chance.choice((1, 2, 2, 4, 8))
    value = chance.choice((0, 1, 2, 255, 2 ** (8 * size) - 1, 2 ** (8 * size - 1), 2 ** (8 * size - 1) - 1, 1000))
    filling = (value % 2 ** (8 * size)).to_bytes(size, chance.choice(("little", "big")))
    where = _place(content, chance)
    return content[:where] + filling + content[where + size :]


def _moved(content: bytes, chance: random.Random) -> bytes:
    """Remove, repeat or copy a stretch of bytes."""
    start, end = _span(content, chance, chance.choice((8, 64, 512, 4096)))
    where = chance.choice((start, _place(content, chance)))
    return (
        content[:where]
        + content[start:end] * chance.choice((0, 1, 2))
        + content[where + chance.choice((0, end - start)) :]
    )


def _encoded(content: bytes, chance: random.Random) -> bytes:
    return content.decode("utf-8", "replace").encode(chance.choice(("utf-16", "utf-16-be", "utf-32", "utf-8-sig")))


def _place(content: bytes, chance: random.Random) -> int:
    """Give a place, often in the first bytes, where a file says what it is."""
    return chance.randrange(max(min(len(content), chance.choice((100, 600, 3000, _MOST))), 1))


def _span(content: bytes, chance: random.Random, longest: int) -> tuple[int, int]:
    start = _place(content, chance) if chance.random() < 0.5 else chance.randrange(len(content) + 1)
    return start, min(start + chance.randrange(longest + 1), len(content))


Way = Callable[[bytes, random.Random], bytes]
_OF_TEXT: tuple[Way, ...] = (_cut, _cut, _cut, _number, _number, _number, _pieces, _pieces, _pieces, _element, _nested)
_OF_TEXT += (_ended, _turned, _moved, _encoded)
_OF_BYTES: tuple[Way, ...] = (_turned, _turned, _field, _field, _field, _moved, _ended, _cut, _number)
