"""What the shipped examples are about: scans, drawings, letters and tables. No torch."""
