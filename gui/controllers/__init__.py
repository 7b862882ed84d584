"""What is loaded, what runs, what was found. No widget."""
