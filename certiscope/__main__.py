"""The program ``certiscope``: the window, or the command line."""

from __future__ import annotations

from gui.__main__ import main

if __name__ == "__main__":
    main()
