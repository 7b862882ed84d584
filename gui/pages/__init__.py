"""Pages that take the window's middle for a while."""
