"""Colours of figures and reports, light and dark; every colour has a second cue beside it."""

from __future__ import annotations

LIGHT: dict[str, str] = {
    "paper": "#ffffff",
    "ink": "#1b2330",
    "muted": "#5b6675",
    "grid": "#e3e7ee",
    "axis": "#9aa4b2",
    "accent": "#1f5fd6",
    "accent-soft": "#d7e4fb",
    "rest": "#8b97a8",
    "rest-soft": "#e1e6ed",
    "upper": "#b45309",
    "upper-soft": "#fbe9d3",
    "good": "#0a7a55",
    "bad": "#b42318",
    "on-fill": "#ffffff",
}
DARK: dict[str, str] = {
    "paper": "#12161d",
    "ink": "#eef2f8",
    "muted": "#a3afbf",
    "grid": "#28303c",
    "axis": "#5d6878",
    "accent": "#6ea8ff",
    "accent-soft": "#1e3357",
    "rest": "#77849a",
    "rest-soft": "#2a3340",
    "upper": "#f0a04b",
    "upper-soft": "#45301a",
    "good": "#3ecf97",
    "bad": "#ff7b72",
    "on-fill": "#0c1016",
}

# After Okabe & Ito (2008), lightened so that labels stay readable; blue is the centre's class.
_MAP_LIGHT = (
    "#b9d3fa",
    "#f8d29b",
    "#b5e2cd",
    "#efc3dc",
    "#f6efa6",
    "#c3e6f6",
    "#f2b8a4",
    "#d3cbee",
)
_MAP_DARK = (
    "#27477d",
    "#7d5417",
    "#1c5f47",
    "#71365a",
    "#6b651c",
    "#23596f",
    "#7a3a26",
    "#4b4180",
)
_MAP_REST = {False: "#dfe3e8", True: "#3a424e"}
_MAP_NO_CLASS = {False: "#6a7280", True: "#0a0c10"}


_NEED_INK = {False: "#12406b", True: "#bcd8f5"}
_NEED_FAINTEST, _NEED_STRONGEST = 0.06, 0.42


def theme(*, dark: bool) -> dict[str, str]:
    """The tokens of one theme."""
    return DARK if dark else LIGHT


def map_colour(rank: int, *, dark: bool) -> str:
    """Fill of the class that comes ``rank``-th on a decision map; 0 is the centre's class."""
    colours = _MAP_DARK if dark else _MAP_LIGHT
    return colours[rank] if rank < len(colours) else _MAP_REST[dark]


def no_class_colour(*, dark: bool) -> str:
    """Fill where the model named no class."""
    return _MAP_NO_CLASS[dark]


def ranks_with_colour() -> int:
    """How many classes of a decision map get a colour of their own."""
    return len(_MAP_LIGHT)


def need_colour(share: float, *, dark: bool) -> str:
    """Fill of a cell by how much it takes to certify it, from 0 (little) to 1 (nearly all)."""
    strength = _NEED_FAINTEST + (_NEED_STRONGEST - _NEED_FAINTEST) * share
    pairs = zip(_channels(_NEED_INK[dark]), _channels(theme(dark=dark)["paper"]), strict=True)
    return "#" + "".join(f"{round(strength * a + (1 - strength) * b):02x}" for a, b in pairs)


def _channels(colour: str) -> bytes:
    return bytes.fromhex(colour.removeprefix("#"))
