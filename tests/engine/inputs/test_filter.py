from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.inputs import expand, filter, load_input
from engine.inputs.base import PairInput


def test_a_shipped_pair():
    pair = load_input("filter:3")
    assert isinstance(pair, PairInput)
    assert pair.image.pixels.shape == (3, 32, 32) and pair.image.pixels.dtype == np.float32
    levels = pair.image.pixels * 255
    assert np.allclose(levels, np.rint(levels), atol=1e-4)
    assert pair.label_name == ("safe", "unsafe")[pair.label or 0]


def test_each_shipped_pair_has_a_spec():
    specs = expand("filter")
    assert len(specs) == 160 and specs[3] == "filter:3" and expand("filter:3") == ["filter:3"]
    labels = filter.load_pairs().labels
    assert labels.mean() == 0.5


@pytest.mark.parametrize("spec", ["filter:160", "filter:x", "filter:-1", "filter:²", "filter"])
def test_other_numbers_are_refused(spec: str):
    with pytest.raises(
        UserError, match=r"^There is no pair '.*'; give filter:N with N from 0 to 159"
    ):
        load_input(spec)


def test_a_damaged_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(filter, "assets", lambda: tmp_path)
    filter.load_pairs.cache_clear()
    with pytest.raises(UserError, match="cannot be read; install Certiscope again"):
        filter.load_pairs()
    filter.load_pairs.cache_clear()
