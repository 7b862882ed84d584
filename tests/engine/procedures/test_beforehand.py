"""What is said of a run before its first sample, of a spot whose turns are worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from engine.core.records import Fitting, InputIdentity
from engine.evidence.settings import CertifySettings, declared
from engine.inputs.base import FittedInput
from engine.procedures.beforehand import beforehand
from engine.schemes import Gaussian
from engine.schemes.rotation import Rotation
from tests.fakes import HalfSpace, identity


class Spot(HalfSpace):
    """Class 0 iff the pixel three to the right of the centre is above a half."""

    def __init__(self) -> None:
        super().__init__(0.0)
        self.identity = identity(2, input_shape=(1, 9, 9))

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        margin = batch[:, 0, 4, 7] - 0.5
        return torch.stack((margin, -margin), dim=1)


def said(degrees: float, classifier: Any = None) -> tuple[str, ...]:
    image = np.zeros((1, 9, 9), np.float32)
    image[0, 4, 7] = 1.0
    about = InputIdentity(
        fitting=Fitting(),
        name="spot",
        source="spot",
        sha256="1" * 64,
        pixels_sha256="2" * 64,
        shape=image.shape,
    )
    settings = declared("certify", Rotation(degrees=degrees), {"n": 100, "seed": 1})
    return beforehand(classifier or Spot(), FittedInput(about, (image,)), settings)


def test_a_range_on_which_the_base_model_changes_its_mind_is_told_before_the_run() -> None:
    """Turned by t, the pixel there has (1 - 3 sin t)(1 - 3 (1 - cos t)): 0.78 at 4, 0.46 at 10."""
    assert said(4.0) == ()
    (sentence,) = said(40.0)
    assert "another class under rotation by -10 degrees: what is certified will hardly" in sentence
    assert sentence.endswith("A model trained on images under rotation and this noise may.")


def test_a_model_that_fails_there_is_left_to_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    spot = Spot()
    monkeypatch.setattr(spot, "scores", lambda batch: 1 / 0)
    assert said(40.0, spot) == ()


def test_of_other_runs_the_warnings_of_their_settings_are_all() -> None:
    spot = Spot()
    spot.identity = spot.identity.model_copy(update={"training_sigma": 0.5})
    settings = CertifySettings(scheme=Gaussian(sigma=0.25))
    image = np.zeros((1, 9, 9), np.float32)
    (sentence,) = beforehand(spot, FittedInput(None, (image,)), settings)  # type: ignore[arg-type]
    assert sentence.startswith("The model was trained with sigma 0.5, but this run smooths with")
