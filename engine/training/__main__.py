"""``python -m engine.training`` trains a model of images."""

from __future__ import annotations

from engine.training.command import main

if __name__ == "__main__":
    main()
