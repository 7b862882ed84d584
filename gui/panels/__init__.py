"""The parts of the window: one file per panel."""
