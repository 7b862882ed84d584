"""Live plots: votes, bounds over n, examples, and one plot per kind of region."""
