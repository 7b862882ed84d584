"""Runs for the stage: plots as slides, replays as images and films, and a page for any browser."""
