"""What was run, on what, with what outcome: settings, snapshots, evidence and its statement."""
