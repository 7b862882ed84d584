"""Several smoothed classifiers against one attacker: what robustness costs in accuracy."""

from __future__ import annotations

from engine.tradeoff.attacker import Attacker, attack_of
from engine.tradeoff.records import Contender, Outcome, TradeOff

__all__ = ["Attacker", "Contender", "Outcome", "TradeOff", "attack_of"]
