"""Small painted widgets that panels and plots share."""
