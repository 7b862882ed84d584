"""The shipped model of squares, certified in the clear and by a server that reads nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path

from engine.core.generators import result_of
from engine.core.rounding import round_down
from engine.encrypted.address import Address
from engine.encrypted.server import Server
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, Execution
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.base import Classifier
from engine.models.quadratic import quadratic_of
from engine.procedures.certify import certify
from engine.procedures.prepared import PreparedModel
from engine.schemes import Gaussian
from engine.training import making
from engine.training.digits import digits
from engine.training.loop import Recipe
from engine.training.writing import write_cards

NAME = "digits-encrypted"
SCHEME = Gaussian(sigma=0.25)
COMPARED, N = 20, 8192
"""Test digits that are certified both ways, and the votes of each: two ciphertexts' worth."""


def make(out: Path) -> Path:
    """Train and measure the model as the other digits, then once more under encryption."""
    data = digits()
    order = making.Order(
        data=data,
        arch="square_net",
        recipe=Recipe(scheme=SCHEME),
        name=NAME,
        certified=len(data.specs),
        device="cpu",
        command=f"python -m engine.demos {NAME}",
    )
    path = making.make(order, out)
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    remark = compared(path, data.specs[:COMPARED])
    write_cards(path, {**facts, "remarks": {"Certified under encryption": remark}})
    return path


def compared(path: Path, specs: Sequence[str], n: int = N) -> str:
    """What some inputs come to in the clear and under encryption, on the same noise.

    Args:
        path: of the model.
        specs: of the inputs.
        n: votes of each.
    """
    clear = load_model(ModelRequest(str(path)))
    with Server(quadratic_of(clear), clear.identity, host="127.0.0.1", port=0) as server:
        threading.Thread(target=server.serve, daemon=True).start()
        served = load_model(ModelRequest(Address("127.0.0.1", server.port).spec))
        both = [_certified(PreparedModel(one), specs, n) for one in (clear, served)]
        served.unload()
    right = [sum(one.predicted_class == one.input.label for one in found) for found in both]
    radii = [
        sum(one.radius or 0.0 for one in found if one.predicted_class == one.input.label)
        for found in both
    ]
    records = [one.encrypted for one in both[1] if one.encrypted is not None]
    doubt = sum(record.subtracted for record in records)
    return (
        f"of the first {len(specs)} test digits {right[1]} are certified and right, average "
        f"certified radius {round_down(radii[1] / len(specs), 4)}, where in the clear on the same "
        f"noise {right[0]} are, with {round_down(radii[0] / len(specs), 4)} (n0 = 100, n = {n:,}, "
        f"alpha = 0.001, clopper-pearson bound); "
        f"{doubt:,} of {sum(record.samples for record in records):,} votes were in doubt and "
        "subtracted"
    )


def _certified(prepared: PreparedModel, specs: Sequence[str], n: int) -> list[Evidence]:
    model: Classifier = prepared.classifier
    settings = CertifySettings(scheme=SCHEME, n0=100, n=n, bound="clopper-pearson")
    execution = Execution(device="cpu")
    return [
        result_of(
            certify(
                model,
                fitted(model, load_input(spec)),
                settings,
                execution=execution,
                prepared=prepared,
            )
        )
        for spec in specs
    ]
