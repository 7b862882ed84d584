"""What was certified, as data: each kind of region answers the same few questions.

A plot exists per kind of region, not per scheme. ``Region`` is the union of all kinds; a new kind
is a file and a line here.
"""

from __future__ import annotations

from engine.regions.abstention import Abstention
from engine.regions.ball import Ball
from engine.regions.base import Perturbation, Term
from engine.regions.cellmap import CellMap
from engine.regions.count import Count
from engine.regions.staircase import Staircase

Region = Ball | Count | Staircase | CellMap

__all__ = ["Abstention", "Ball", "CellMap", "Count", "Perturbation", "Region", "Staircase", "Term"]
