"""Choose and write the shipped images: ``python -m engine.training.cifar10_examples ROOT``."""

from __future__ import annotations

import argparse
import hashlib
import io
from pathlib import Path

import numpy as np

from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.core.resources import assets
from engine.demos.data.cifar10 import CLASSES, COUNT
from engine.inputs import folder


def archive(root: Path) -> bytes:
    """An .npz of ``levels`` (8, 3, 32, 32), ``labels`` and ``names``, all of the test set.

    Of every class the first image by the SHA-256 of ``picture CLASS/NAME``, and of those the first
    eight by the same: no look at an image or at a model's answer.

    Args:
        root: of ``test``, with a folder of images per class.

    Raises:
        UserError: it is not there.
    """
    specs = folder.expand(str(root / "test"))
    by_class: dict[str, str] = {}
    for spec in sorted(specs, key=_lot):
        by_class.setdefault(Path(spec).parent.name, spec)
    found = [folder.load(spec) for spec in [*by_class.values()][:COUNT]]
    levels = np.stack([np.rint(image.pixels * 255).astype(np.uint8) for image in found])
    labels = [CLASSES.index(image.label_name) for image in found]
    names = [str(Path(image.name).with_suffix("")) for image in found]
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer, levels=levels, labels=np.array(labels, dtype=np.uint8), names=np.array(names)
    )
    return buffer.getvalue()


def _lot(spec: str) -> bytes:
    place = Path(spec)
    return hashlib.sha256(f"picture {place.parent.name}/{place.stem}".encode()).digest()


def main() -> None:
    """Write the file of examples."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path, help="folder with test, a folder per class, in it")
    parser.add_argument("--out", type=Path, default=assets() / "examples" / "cifar10.npz")
    given = parser.parse_args()
    try:
        write_atomically(given.out, archive(given.root))
    except UserError as error:
        raise SystemExit(str(error)) from error
    print(f"Wrote {given.out}.")


if __name__ == "__main__":
    main()
