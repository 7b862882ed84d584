"""Write the shipped copy of scikit-learn's digits: ``python -m engine.training.examples``."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import numpy as np

from engine.core.files import write_atomically


def digits_archive() -> bytes:
    """An .npz of ``levels`` (1797, 8, 8) and ``labels`` (1797,), both bytes."""
    from sklearn.datasets import load_digits  # needed for this command alone

    images, labels = load_digits().images, load_digits().target
    buffer = io.BytesIO()
    np.savez_compressed(buffer, levels=images.astype(np.uint8), labels=labels.astype(np.uint8))
    return buffer.getvalue()


def main() -> None:
    """Write ``digits.npz`` into the folder given by ``--out``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("assets/examples"))
    target = parser.parse_args().out / "digits.npz"
    write_atomically(target, digits_archive())
    print(f"Wrote {target}.")


if __name__ == "__main__":
    main()
