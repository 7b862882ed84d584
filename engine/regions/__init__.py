"""What was certified, as data: each kind of region answers the same questions.

``REGIONS`` holds every kind by its name. A new one is a class derived from :class:`Region`, here or
in the file of the scheme that makes it; nothing else needs to know it.
"""

from __future__ import annotations

from engine.regions.abstention import Abstention
from engine.regions.amount import Amount
from engine.regions.ball import Ball
from engine.regions.base import Perturbation, Term
from engine.regions.cellmap import CellMap
from engine.regions.count import Count
from engine.regions.gain_brightness import GainBrightness
from engine.regions.interval import Interval
from engine.regions.light_map import LightMap
from engine.regions.region import REGIONS, Norm, Region, radius_of
from engine.regions.staircase import Staircase
from engine.regions.sweep import Sweep, Turn

__all__ = [
    "REGIONS",
    "Abstention",
    "Amount",
    "Ball",
    "CellMap",
    "Count",
    "GainBrightness",
    "Interval",
    "LightMap",
    "Norm",
    "Perturbation",
    "Region",
    "Staircase",
    "Sweep",
    "Term",
    "Turn",
    "radius_of",
]
