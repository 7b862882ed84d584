"""The left column: model, input, attacker and settings of a run."""
