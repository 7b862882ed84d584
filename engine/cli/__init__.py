"""The command line: the same engine as the window's, without Qt."""

from engine.cli.app import COMMANDS, main

__all__ = ["COMMANDS", "main"]
