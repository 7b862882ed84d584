"""Pruning for robustness: scores of channels, cuts and tuning, and exact maps before and after."""
