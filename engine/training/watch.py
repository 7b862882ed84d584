"""Certify a few validation images while a model is trained."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import nn

from engine.core.generators import result_of
from engine.evidence.settings import CertifySettings, Execution, settings_record
from engine.inputs.base import FittedInput
from engine.inputs.memory import from_memory
from engine.models import fitted
from engine.models.module import ModuleInMemory
from engine.procedures.dataset import certify_set
from engine.schemes import Scheme
from engine.training.data import DataSet, floats
from engine.training.image_noise import encoding_of
from engine.training.progress import Look

IMAGES, N0, N, ALPHA = 40, 100, 1000, 0.001


@dataclass(frozen=True)
class CertifiedLook:
    """CERTIFY on the first validation images, with the anytime bound and the program's own noise.

    Attributes:
        images: of the validation part.
        n: votes of each.
    """

    data: DataSet
    scheme: Scheme
    images: int = IMAGES
    n: int = N
    seed: int = 0
    device: str = "cpu"
    _names: dict[str, int] = field(default_factory=dict)

    def __call__(self, network: nn.Module) -> Look | None:
        """What the network certifies; None for a scheme whose votes are not sampled."""
        if settings_record("certify", type(self.scheme)) is not CertifySettings or not self.images:
            return None
        settings = CertifySettings(
            scheme=self.scheme, n0=N0, n=self.n, alpha=ALPHA, bound="anytime", seed=self.seed
        )
        pixels, labels = self.data.validation
        taken = min(self.images, len(labels))
        names = {f"validation {place}": place for place in range(taken)}
        handed = ModuleInMemory(
            network, classes=self.data.class_names, encoding=encoding_of(self.scheme)
        )
        classifier = handed.classifier(self.data.shape)

        def read(name: str) -> FittedInput:
            place = names[name]
            image = floats(pixels[place]).cpu()
            return fitted(classifier, from_memory(image, name=name, label=int(labels[place])))

        result = result_of(
            certify_set(
                classifier,
                list(names),
                settings,
                execution=Execution(device=self.device),
                read=read,
            )
        )
        summary = result.summary
        right = sum(bool(row.region) and row.predicted_class == row.label for row in result.rows)
        return Look(images=taken, n=self.n, alpha=ALPHA, right=right / taken, acr=summary.acr)
