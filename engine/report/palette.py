"""Colours of figures and reports, light and dark; every colour has a second cue beside it."""

from __future__ import annotations

_TOKENS = {
    "paper": ("#ffffff", "#12161d"),
    "ink": ("#1b2330", "#eef2f8"),
    "muted": ("#5b6675", "#a3afbf"),
    "grid": ("#e3e7ee", "#28303c"),
    "axis": ("#9aa4b2", "#5d6878"),
    "accent": ("#1f5fd6", "#6ea8ff"),
    "accent-soft": ("#d7e4fb", "#1e3357"),
    "rest": ("#8b97a8", "#77849a"),
    "rest-soft": ("#e1e6ed", "#2a3340"),
    "upper": ("#b45309", "#f0a04b"),
    "upper-soft": ("#fbe9d3", "#45301a"),
    "good": ("#0a7a55", "#3ecf97"),
    "bad": ("#b42318", "#ff7b72"),
    "on-fill": ("#ffffff", "#0c1016"),
}
"""Every colour on a light and on a dark page."""
LIGHT, DARK = ({token: row[place] for token, row in _TOKENS.items()} for place in range(2))

# After Okabe & Ito (2008), lightened so that labels stay readable; blue is the centre's class.
_MAP = (
    ("#b9d3fa", "#27477d"),
    ("#f8d29b", "#7d5417"),
    ("#b5e2cd", "#1c5f47"),
    ("#efc3dc", "#71365a"),
    ("#f6efa6", "#6b651c"),
    ("#c3e6f6", "#23596f"),
    ("#f2b8a4", "#7a3a26"),
    ("#d3cbee", "#4b4180"),
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
    return _MAP[rank][dark] if rank < len(_MAP) else _MAP_REST[dark]


def no_class_colour(*, dark: bool) -> str:
    """Fill where the model named no class."""
    return _MAP_NO_CLASS[dark]


def ranks_with_colour() -> int:
    """How many classes of a decision map get a colour of their own."""
    return len(_MAP)


def need_colour(share: float, *, dark: bool) -> str:
    """Fill of a cell by how much it takes to certify it, from 0 (little) to 1 (nearly all)."""
    strength = _NEED_FAINTEST + (_NEED_STRONGEST - _NEED_FAINTEST) * share
    pairs = zip(_channels(_NEED_INK[dark]), _channels(theme(dark=dark)["paper"]), strict=True)
    return "#" + "".join(f"{round(strength * a + (1 - strength) * b):02x}" for a, b in pairs)


def _channels(colour: str) -> bytes:
    return bytes.fromhex(colour.removeprefix("#"))
