"""``certiscope serve-encrypted``, and the flags that name such a server."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.flags import RARE, RUN, WHAT, flag
from engine.cli.output import say
from engine.cli.subject import trust_flag
from engine.cli.terminal import write_line
from engine.core.errors import UserError
from engine.encrypted.address import PORT, Address, server_tls

if TYPE_CHECKING:
    from engine.models.base import Classifier

_EXAMPLE = "--model demo:digits-0.25 --input digits:52"
SEEN = (
    "It gets ciphertexts and keys for multiplying, and sends ciphertexts back: it reads neither "
    "image nor scores, and learns neither prediction nor radius."
)
"""What a server is told of itself."""


def address_flags() -> list[inspect.Parameter]:
    """A server that classifies noisy samples without reading them."""
    return [
        flag(
            "encrypted",
            "Instead of --model: the address of certiscope serve-encrypted, which classifies "
            f"encrypted noisy samples, e.g. 127.0.0.1:{PORT}. Image, keys and prediction stay "
            "here.",
            WHAT,
            metavar="HOST:PORT",
        ),
        flag(
            "encrypted_answer",
            "scores: the server returns encrypted scores, which are compared here; bits: encrypted "
            "comparisons of every two classes, which takes far longer.",
            RARE,
            default="scores",
            metavar="scores|bits",
        ),
        flag(
            "encrypted_ca",
            "Certificates (PEM) to trust beyond the system's, for a server on another machine.",
            RARE,
            metavar="F.pem",
        ),
    ]


def with_address(values: Mapping[str, Any], command: str) -> dict[str, Any]:
    """The flags' values with the server, if one is named, as the model.

    Raises:
        UserError: a model and a server, or neither.
    """
    address = values["encrypted"]
    if not address and not values["model"]:
        raise UserError(f"Missing option '--model'. For example: certiscope {command} {_EXAMPLE}")
    if not address:
        return dict(values)
    if values["model"]:
        raise UserError("--model and --encrypted both say which model; give one of them.")
    asked = f"{address}?answer={values['encrypted_answer']}"
    asked += f"&ca={values['encrypted_ca']}" if values["encrypted_ca"] else ""
    return {**values, "model": [Address.read(asked).spec]}


def say_cost(classifier: Classifier, votes: int) -> None:
    """What a run under encryption takes, before it begins; nothing of another."""
    from engine.models.encrypted import EncryptedClassifier

    if not isinstance(classifier, EncryptedClassifier):
        return
    terms = classifier.client.terms
    say(f"Under encryption: {terms.parameters.in_words()}. {terms.estimate(votes).in_words()}")


def serve_flags() -> list[inspect.Parameter]:
    """What is served, and where."""
    return [
        flag(
            "model",
            "A linear model or a network with one layer of squares, e.g. demo:digits-encrypted.",
            WHAT,
            default=...,
            metavar="M",
        ),
        flag("host", "Address to listen on.", RUN, default="127.0.0.1"),
        flag("port", "Port to listen on; 0 takes a free one.", RUN, int, default=PORT),
        flag(
            "certificate",
            "Certificate (PEM) for TLS; needed where other machines can connect.",
            RUN,
            Path | None,
        ),
        flag("key", "Its key (PEM), if it is a file of its own.", RUN, Path | None),
        flag("arch", "Architecture, for files that hold only weights.", RARE),
        flag("normalize", "Layer between noise and network.", RARE, default="auto"),
        flag("class_names", "File with one class name per line.", RARE, Path | None),
        trust_flag(),
    ]


def serve_command(values: Mapping[str, Any]) -> int:
    """Classify noisy samples for others without reading them, until Ctrl+C.

    Clients (certify --encrypted) send ciphertexts and keys for multiplying. This machine alone can
    connect unless --host and --certificate say otherwise.
    """
    from engine.encrypted import check_installed
    from engine.encrypted.server import Server
    from engine.models import ModelRequest, load_model
    from engine.models.quadratic import quadratic_of

    check_installed()
    host, port = values["host"], values["port"]
    if not 0 <= port < 65536:
        raise UserError(f"--port must be between 0 and 65535 (it was {port}).")
    tls = server_tls(host, values["certificate"], values["key"])
    request = ModelRequest(
        spec=values["model"],
        arch=values["arch"],
        normalize=values["normalize"],
        class_names=values["class_names"],
        trust=values["trust"],
    )
    classifier = load_model(request)

    def line(text: str) -> None:
        write_line(sys.stdout, text)
        sys.stdout.flush()

    served = quadratic_of(classifier)
    with Server(served, classifier.identity, host=host, port=port, tls=tls, say=line) as server:
        line(f"{classifier.identity.name} is served at {host}:{server.port}. {SEEN}")
        for offer in server.offers:
            line(f"{offer.terms.answer}: {offer.terms.parameters.in_words()}.")
        try:
            server.serve()
        except KeyboardInterrupt:
            line("Stopped.")
    return 0
