"""An ensemble of stumps as a base classifier: no library of its own, no gradients, no device."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from engine.certificates.stump_vote import StumpVote
from engine.certificates.stumps import StumpEnsemble
from engine.core.batches import Batch, parts
from engine.core.errors import UserError
from engine.core.files import sha256_file
from engine.core.records import ModelIdentity
from engine.inputs.base import FittedInput
from engine.inputs.coding import Coding, TableCoding
from engine.models.base import Classifier, only_fp32
from engine.models.input_layout import ANY
from engine.models.kinds import STUMPS_ARCHITECTURE, kind_of
from engine.models.names import class_names
from engine.models.native_metadata import training_scheme, training_sigma
from engine.models.request import ModelRequest
from engine.models.shapes import split_arch
from engine.models.stumps.files import READERS
from engine.models.stumps.reading import StumpFile
from engine.models.weights import read_card
from engine.schemes import Scheme
from engine.schemes.stumps_vote import StumpsVote


def load_stumps(path: Path, request: ModelRequest) -> StumpClassifier:
    """A classifier from a file of stumps; ``--arch @1x8x8`` makes one of images of its columns.

    Raises:
        UserError: damaged, deeper trees, more than two classes, or an image of another size.
    """
    file = READERS[kind_of(str(path))](path)
    name, shape = split_arch(request.arch)
    if name or (shape and file.coding is not None):
        raise UserError(f"{path} states its own architecture; leave --arch out.")
    width = len(file.ensemble.numbers)
    if shape and int(np.prod(shape)) != width:
        raise UserError(f"{path} takes {width} numbers, not an image of {request.arch[1:]}.")
    image = shape or file.shape
    card = read_card(path)
    stated = {"training_scheme": file.scheme or card.get("training_scheme")}
    scheme, unknown = training_scheme({}, stated)
    identity = ModelIdentity(
        name=str(card.get("name") or path.name)[:80],
        source=request.spec,
        format=file.format,
        sha256=sha256_file(path),
        architecture=STUMPS_ARCHITECTURE,
        parameters=file.trees,
        class_names=class_names(2, given=request.class_names, stored=file.classes),
        input_shape=image or (ANY,),
        kind="image" if image else "table",
        training_sigma=training_sigma(scheme),
        training_scheme=scheme,
        notes=(unknown,) if unknown else (),
    )
    return StumpClassifier(file, identity)


class StumpClassifier(Classifier):
    """The margin of class 1 and its opposite; bound to a row it knows the units of its columns.

    Ensembles that vote answer by the weight of their votes. Bound to an input and to the scheme
    that certifies their vote they answer as the one member whose probability decides there, so
    that samples show, and check, the probability that was computed.
    """

    def __init__(
        self,
        file: StumpFile,
        identity: ModelIdentity,
        bound: StumpEnsemble | StumpVote | None = None,
        member: StumpEnsemble | None = None,
    ) -> None:
        self.identity = identity
        self._file = file
        self._bound = bound or (file.ensemble if identity.kind == "image" else None)
        self._asked = member or self._bound

    @property
    def coding(self) -> Coding | None:
        """Its columns; None for images."""
        return None if self.identity.kind == "image" else self._file.reads

    @property
    def stumps(self) -> StumpEnsemble | StumpVote | None:
        """The ensemble or the vote, in the units that receive the noise."""
        return self._bound

    def bound_to(self, fitted: FittedInput, scheme: Scheme | None = None) -> StumpClassifier:
        """This model for the numbers of a row as they were standardised.

        Raises:
            UserError: the input is no row, or has other columns.
        """
        coding = None
        if self.identity.kind != "image":
            if not isinstance(fitted.context, TableCoding):
                raise UserError(
                    f"The model '{self.identity.name}' takes a row of a table, e.g. rows.csv:3."
                )
            coding = fitted.context
        bound, member = self._file.bound(coding, self.identity.name), None
        if isinstance(bound, StumpVote) and isinstance(scheme, StumpsVote):
            member = bound.members[scheme.member(fitted.arrays, bound)]
        return StumpClassifier(self._file, self.identity, bound, member)

    def prepare(self, device: torch.device, precision: str) -> None:
        """It runs on the CPU in float64, wherever the noise is drawn."""
        del device
        only_fp32(precision, "an ensemble of stumps")

    def scores(self, batch: Batch) -> torch.Tensor:
        """Scores (B, 2): half the margin, and its opposite; at a margin of 0 class 0 leads.

        Raises:
            UserError: the model is not bound to a row.
        """
        if self._asked is None:
            raise UserError(
                f"The model '{self.identity.name}' needs to know its table; name a row first."
            )
        first, *codes = parts(batch)
        numbers = first.reshape(len(first), -1).double().cpu().numpy()
        margins = self._asked.margins(numbers, codes[0].cpu().numpy() if codes else None)
        found = torch.from_numpy(np.where(margins > 0, margins, np.minimum(margins, -1e-30)) / 2)
        return torch.stack([-found, found], dim=1).to(first.device)
