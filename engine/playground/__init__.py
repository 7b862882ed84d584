"""Smoothing in the plane: exact g beside what votes certify. No torch."""
