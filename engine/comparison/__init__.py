"""Several smoothed classifiers against one attacker: what robustness costs in accuracy."""

from __future__ import annotations

from engine.comparison.records import Candidate, Outcome, TradeOff
from engine.schemes.attacker import Attacker, attack_of

__all__ = ["Attacker", "Candidate", "Outcome", "TradeOff", "attack_of"]
