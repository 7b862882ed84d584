"""Whether an image's embedded colour profile is sRGB, told by its numbers and not by its name.

The layout is that of ICC.1:2022: a table of tags, colourants as XYZ numbers under D50, and curves
that are a table, a gamma or a parametric function.
"""

from __future__ import annotations

import struct

from engine.core.errors import quoted

_SRGB = {
    b"rXYZ": (0.4361, 0.2225, 0.0139),
    b"gXYZ": (0.3851, 0.7169, 0.0971),
    b"bXYZ": (0.1431, 0.0606, 0.7141),
}
"""Red, green and blue of IEC 61966-2-1, adapted to D50 as profiles hold them."""
_HALF = 0.2140
"""Light of the value 0.5 in sRGB."""
_CLOSE = 0.01
_MOST_TAGS = 100
_UNIT = 65536.0


def profile_note(profile: bytes) -> str:
    """What to say of an image with this profile; empty where it is sRGB.

    The values are not converted: the loaders that models are trained with leave them as they are.
    """
    try:
        tags = _tags(profile)
    except (struct.error, ValueError):
        return "its colour profile is damaged and was left aside: its values are as stored"
    if _is_srgb(tags):
        return ""
    name = _name(tags)
    called = f" ('{name}')" if name else ""
    return (
        f"its colour profile{called} is not sRGB and was not applied: its values are as stored, as "
        "the usual loaders read them, and look otherwise on a screen"
    )


def _tags(profile: bytes) -> dict[bytes, bytes]:
    """The tags by their signatures.

    Raises:
        ValueError: there are none, or far too many.
    """
    (count,) = struct.unpack_from(">I", profile, 128)
    if not 0 < count <= _MOST_TAGS:
        raise ValueError("no table of tags")
    found = {}
    for place in range(count):
        key, start, size = struct.unpack_from(">4sII", profile, 132 + 12 * place)
        found[key] = profile[start : start + size]
    return found


def _is_srgb(tags: dict[bytes, bytes]) -> bool:
    """Its colourants, where it has colours, and its curves are those of sRGB, or near."""
    try:
        if b"kTRC" in tags:
            return abs(_light(tags[b"kTRC"]) - _HALF) < _CLOSE
        curves = (_light(tags[key]) for key in (b"rTRC", b"gTRC", b"bTRC"))
        return all(abs(half - _HALF) < _CLOSE for half in curves) and all(
            max(abs(a - b) for a, b in zip(_xyz(tags[key]), there, strict=True)) < _CLOSE
            for key, there in _SRGB.items()
        )
    except (LookupError, struct.error, ValueError, TypeError, ArithmeticError):
        return False


def _xyz(tag: bytes) -> list[float]:
    return [one / _UNIT for one in struct.unpack_from(">3i", tag, 8)]


def _light(tag: bytes) -> float:
    """The light that a curve gives the value 0.5.

    Raises:
        ValueError: it is no curve.
    """
    if tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count == 0:
            return 0.5
        if count == 1:
            gamma: int = struct.unpack_from(">H", tag, 12)[0]
            return float(0.5 ** (gamma / 256))
        at = (count - 1) / 2
        places = (int(at), min(int(at) + 1, count - 1))
        low, high = (struct.unpack_from(">H", tag, 12 + 2 * place)[0] for place in places)
        return float((low + (at - int(at)) * (high - low)) / 65535)
    if tag[:4] != b"para":
        raise ValueError("no curve")
    (kind,) = struct.unpack_from(">H", tag, 8)
    lengths = (1, 3, 4, 5, 7)
    numbers = [one / _UNIT for one in struct.unpack_from(f">{lengths[kind]}i", tag, 12)]
    numbers += [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0][len(numbers) :]
    power, a, b, c, d, e, _ = numbers
    if kind >= 3 and d > 0.5:
        return float(c * 0.5)
    return float((a * 0.5 + b) ** power + {2: c, 4: e}.get(kind, 0.0))


def _name(tags: dict[bytes, bytes]) -> str:
    """Its description, of either kind of tag."""
    tag = tags.get(b"desc", b"")
    if tag[:4] == b"desc":
        text = tag[12:].partition(b"\0")[0].decode("ascii", "replace")
    elif tag[:4] == b"mluc" and len(tag) >= 28:
        size, start = struct.unpack_from(">II", tag, 20)
        text = tag[start : start + min(size, 200)].decode("utf-16-be", "replace")
    else:
        return ""
    return quoted(text.strip(), 40)
