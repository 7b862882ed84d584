"""What a smoothed model is made of: a file as the command line names it, or a module in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.core.errors import UserError
from engine.models.request import REQUEST_FIELDS, ModelRequest

if TYPE_CHECKING:
    from engine.inputs import GivenInput
    from engine.models.base import Classifier
    from engine.models.module import ModuleInMemory

Shape = tuple[int, ...]
_OWN = ("normalize", "class_names")
"""Fields of a request for which ``smooth`` has arguments of its own."""


class FromFile:
    """A model that the command line could name, too; several are an ensemble."""

    def __init__(
        self, specs: Sequence[str], classes: Sequence[str], normalize: Any, opening: dict[str, Any]
    ) -> None:
        from engine.models import load_model

        if not isinstance(normalize, str):
            raise UserError("The normalisation of a file is given by name, e.g. 'cifar10'.")
        known = {each.name: each for each in REQUEST_FIELDS if each.name not in _OWN}
        _refuse_others(opening, {*known, "trust"})
        for name, value in opening.items():
            if name in known and known[name].file and value is not None:
                opening[name] = known[name].read(str(value))
        self.request: ModelRequest | None = ModelRequest(
            specs[0], others=tuple(specs[1:]), normalize=normalize or "auto", **opening
        )
        self._classifier = load_model(self.request)
        self.name = self._classifier.identity.name
        if classes:
            self._name(classes)

    def classifier(self, given: GivenInput) -> Classifier:
        """The same for every input."""
        return self._classifier

    def check(self, given: GivenInput, classifier: Classifier) -> None:
        """Inputs are fitted to the file's own shape."""

    def _name(self, classes: Sequence[str]) -> None:
        identity = self._classifier.identity
        if len(classes) != len(identity.class_names):
            raise UserError(
                f"{identity.name} has {len(identity.class_names)} outputs, but {len(classes)} "
                "classes are named; give one name for each output."
            )
        names = tuple(map(str, classes))
        self._classifier.identity = identity.model_copy(update={"class_names": names})
        self.request = None  # a command line would need them in a file


class InMemory:
    """A module that a program handed over; several are an ensemble."""

    request: ModelRequest | None = None

    def __init__(
        self,
        modules: Sequence[Any],
        classes: Sequence[str],
        normalize: Any,
        shape: Shape | None,
        opening: dict[str, Any],
    ) -> None:
        from torch import nn

        from engine.models.module import ModuleInMemory

        for module in modules:
            if not isinstance(module, nn.Module):
                raise UserError(
                    f"An object of type {type(module).__name__} is not a model; give a "
                    "torch.nn.Module, or a path, a Hugging Face id or a name such as "
                    "demo:digits-0.25; several of one kind are an ensemble."
                )
        _refuse_others(opening, {each.name for each in REQUEST_FIELDS if each.module})
        self._rule = (opening.pop("combine", "logits"), opening.pop("consensus", 0))
        self._denoiser = str(opening.pop("denoiser", None) or "")
        self._modules: list[ModuleInMemory] = [
            ModuleInMemory(module, classes=classes, normalize=normalize or "none", **opening)
            for module in modules
        ]
        self._shape = shape
        self._known: dict[Shape, Classifier] = {}
        self.name = ", ".join(each.name for each in self._modules)

    def classifier(self, given: GivenInput) -> Classifier:
        """For images of the shape that was named, else of this image's own."""
        from engine.inputs import ImageInput

        if not isinstance(given, ImageInput):
            raise UserError(f"A module in memory takes images, and {given.source} is none.")
        shape = self._shape or given.pixels.shape
        if shape not in self._known:
            self._known[shape] = self._made(shape)
        return self._known[shape]

    def _made(self, shape: Shape) -> Classifier:
        made = [each.classifier(shape) for each in self._modules]
        if len(made) > 1:
            from engine.models.ensemble import Ensemble

            whole: Classifier = Ensemble(made, *self._rule)
        elif self._rule != ("logits", 0):
            raise UserError("combine and consensus are for ensembles; give several models.")
        else:
            whole = made[0]
        if not self._denoiser:
            return whole
        from engine.models import behind

        return behind(whole, self._denoiser)

    def check(self, given: GivenInput, classifier: Classifier) -> None:
        """Refuse an image of another size than the first, rather than resize it unasked."""
        if self.classifier(given) is not classifier:
            raise UserError(
                f"{given.name} is of another size than the first image of the set; bring all to "
                "one size, e.g. with smooth(..., input_shape=(3, 32, 32))."
            )


Base = FromFile | InMemory


def _refuse_others(opening: dict[str, Any], known: set[str]) -> None:
    for name in opening:
        if name not in known:
            raise UserError(f"smooth takes no '{name}' here; it takes {', '.join(sorted(known))}.")
