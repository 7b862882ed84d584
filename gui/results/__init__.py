"""The middle and the right column: plots, statement and numbers of a run."""
