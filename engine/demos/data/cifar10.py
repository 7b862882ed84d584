"""Eight images of the test set of CIFAR-10 that come with the program, of eight classes.

They are JPEG copies of the published images (Krizhevsky, Learning Multiple Layers of Features from
Tiny Images, 2009); ``python -m engine.training.cifar10_examples`` chose and wrote them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from engine.core.errors import UserError
from engine.core.resources import assets

CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
COUNT = 8


@dataclass(frozen=True)
class Images:
    """All of them.

    Attributes:
        levels: (8, 3, 32, 32), bytes.
        labels: places in ``CLASSES``.
        names: in the test set, ``ship/0012``.
    """

    levels: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    names: tuple[str, ...]


@cache
def load_images() -> Images:
    """Read the shipped images.

    Raises:
        UserError: the shipped file is missing or damaged.
    """
    path = assets() / "examples" / "cifar10.npz"
    try:
        with np.load(path, allow_pickle=False) as file:
            return Images(file["levels"], file["labels"], tuple(map(str, file["names"])))
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            f"The shipped images in {path} cannot be read; install Certiscope again."
        ) from error
