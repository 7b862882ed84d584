"""A classifier that a server evaluates under encryption; samples, keys and votes stay here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from engine.core.downloads import allowed
from engine.core.errors import UserError, quoted
from engine.core.records import ModelIdentity
from engine.encrypted import check_installed
from engine.encrypted.address import Address
from engine.encrypted.client import Client
from engine.encrypted.comparison import by_bits, by_scores, deviation
from engine.encrypted.parameters import PROGRAMS
from engine.encrypted.quadratic import Matrix
from engine.evidence.observations import EncryptedRecord
from engine.models.base import Classifier, only_fp32
from engine.models.request import ModelRequest
from engine.system.memory import available

WHOSE = (
    "Its scores are computed by a server under encryption, and nothing shows that it computed this "
    "model: its owner can draw the votes again in the clear (verify --rerun all --model FILE)."
)
_LONGEST = 80


def load_encrypted(path: Path, request: ModelRequest) -> EncryptedClassifier:
    """The model behind the address that a request names (``encrypted:HOST:PORT``).

    Raises:
        UserError: TenSEAL is missing, nobody answers there, or with what cannot be used, or a file
            alone names it (``engine.core.downloads``).
    """
    del path
    check_installed()
    said = {
        "--arch": request.arch,
        "--class-names": request.class_names,
        "--normalize": request.normalize != "auto",
        "--encoding": request.encoding != "auto",
        "--output": request.output,
    }
    if given := [flag for flag, value in said.items() if value]:
        raise UserError(f"{given[0]} is up to the server that holds the model; leave it out.")
    if not allowed(request.spec):
        raise UserError(
            f"{quoted(request.spec)} is a server, and a file's word is not enough to send it "
            "anything; name it with --model."
        )
    client = Client(Address.read(request.spec))
    return EncryptedClassifier(client, _identity(client.announced.model, request.spec))


class EncryptedClassifier(Classifier):
    """A base classifier whose scores come from a server that reads neither samples nor scores.

    Args:
        client: of the server.
        identity: of the model, as announced.
    """

    def __init__(self, client: Client, identity: ModelIdentity) -> None:
        self.client = client
        self.identity = identity
        self._last: EncryptedRecord | None = None

    @property
    def usual_batch(self) -> int:
        """The slots of a ciphertext."""
        return self.client.slots

    def prepare(self, device: torch.device, precision: str) -> None:
        """Nothing is moved: the model is elsewhere.

        Raises:
            UserError: another precision than fp32, or memory does not suffice.
        """
        only_fp32(precision, "encrypted inference")
        needed, free = self.client.terms.estimate(1).memory - PROGRAMS, available()
        if free is not None and needed > free:
            raise UserError(
                f"Encrypted inference with {self.client.terms.answer} takes about "
                f"{needed / 2**30:.1f} GiB more memory, and {free / 2**30:.1f} GiB are free; end "
                "other programs, or choose scores and a smaller model."
            )

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """Decrypted scores (B, K), or comparisons won; not finite where no sample was sent."""
        numbers = self._numbers(batch)
        if self.client.terms.answer == "scores":
            return torch.from_numpy(numbers).to(batch.device)
        classes = torch.from_numpy(by_bits(numbers, self.client.terms.classes))
        found = torch.full((len(numbers), self.client.terms.classes), torch.nan)
        sure = classes >= 0
        found[sure] = torch.nn.functional.one_hot(classes[sure], found.shape[1]).float()
        return found.to(batch.device)

    def classify(self, batch: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        """Class indices (B,); NO_CLASS for a sample in doubt."""
        before = self.client.traffic
        numbers, terms = self._numbers(batch), self.client.terms
        scored = terms.answer == "scores"
        found = by_scores(numbers, terms.error) if scored else by_bits(numbers, terms.classes)
        sent = np.isfinite(numbers).all(axis=1)
        traffic = self.client.traffic
        self._last = self._record(
            {
                "sent": traffic.sent - before.sent,
                "received": traffic.received - before.received,
                "samples": len(found),
                "outside": int((~sent).sum()),
                "doubtful": int((found[sent] < 0).sum()),
                "deviation": 0.0 if scored else deviation(numbers[sent]),
            }
        )
        return torch.from_numpy(found).to(batch.device)

    def decrypted(self) -> EncryptedRecord | None:
        """What was in doubt in the last batch."""
        return self._last

    def unload(self) -> None:
        """Leave the server."""
        self.client.close()

    def _numbers(self, batch: torch.Tensor) -> Matrix:
        return self.client.answers(batch.flatten(1).double().cpu().numpy())

    def _record(self, counts: Mapping[str, int | float]) -> EncryptedRecord:
        terms = self.client.terms
        return EncryptedRecord(
            answer=terms.answer,
            ring=terms.parameters.ring,
            primes=terms.parameters.primes,
            scale=terms.parameters.scale,
            features=terms.features,
            hidden=terms.hidden,
            limit=terms.limit,
            error=terms.error,
            **counts,
        )


def _identity(model: ModelIdentity, spec: str) -> ModelIdentity:
    """The identity as a stranger announces it, its words made fit for sentences."""
    usable = model.kind == "image" and model.encoding == "plain" and model.outputs is None
    if not usable or model.generation or model.parts or not _DIGEST.fullmatch(model.sha256):
        raise UserError("The server announces a model that is no classifier of plain images.")
    names = ("name", "format", "architecture", "normalization")
    return model.model_copy(
        update={
            **{name: quoted(getattr(model, name), _LONGEST) for name in names},
            "class_names": tuple(quoted(name, _LONGEST) for name in model.class_names),
            "source": spec,
            "contains_code": False,
            "notes": (WHOSE,),
        }
    )


_DIGEST = re.compile(r"[0-9a-f]{64}")
