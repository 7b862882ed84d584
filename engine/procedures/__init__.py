"""Procedures: generators that yield snapshots and end in evidence."""
