"""The training lab: makes the shipped models. ``make models`` runs it for both noise levels."""
