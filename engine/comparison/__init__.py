"""Several smoothed classifiers against one attacker: what robustness costs in accuracy."""

from __future__ import annotations

from engine.comparison.attacker import Attacker, attack_of
from engine.comparison.records import Contender, Outcome, TradeOff

__all__ = ["Attacker", "Contender", "Outcome", "TradeOff", "attack_of"]
