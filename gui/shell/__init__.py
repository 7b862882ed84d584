"""Application, window, commands, menus, palette, notices."""
