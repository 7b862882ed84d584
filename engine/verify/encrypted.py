"""Votes that a server computed under encryption: what must fit together. No torch, no TenSEAL."""

from __future__ import annotations

from math import prod

from engine.core.errors import UserError
from engine.encrypted.address import PREFIX
from engine.encrypted.comparison import DOUBT, ONE_CLASS
from engine.encrypted.parameters import Parameters
from engine.evidence.evidence import Evidence

SERVED = "its model is with the server that computed on it; its owner names the file with --model"


def is_served(evidence: Evidence) -> bool:
    """Whether the model, or one of its parts, was named by the address of a server."""
    model = evidence.model
    sources = (model.source, *(part.source for part in model.parts))
    return any(source.startswith(PREFIX) for source in sources)


def check_encrypted(evidence: Evidence) -> list[str]:
    """What is wrong with the record of an encrypted run, or with its being there."""
    record = evidence.encrypted
    if record is None:
        return ["its model was at a server, and nothing says how it was computed there"]
    if not is_served(evidence):
        return ["it records encryption, and its model was at no server"]
    try:
        parameters = Parameters(ring=record.ring, primes=record.primes, scale=record.scale)
        parameters.check()
    except UserError as error:
        return [str(error).rstrip(".")]
    except ValueError:
        return ["its parameters are none of CKKS"]
    wrong = []
    if record.features != prod(evidence.model.input_shape) + 1:
        wrong.append(f"{record.features} values are not those of the input")
    if record.answer == "bits" and record.error != DOUBT:
        wrong.append(f"a bit is in doubt from {DOUBT:g} on, not from {record.error:g}")
    if record.answer == "scores" and record.deviation:
        wrong.append("scores have no distance from 0 or 1")
    return wrong + _votes(evidence)


def _votes(evidence: Evidence) -> list[str]:
    """Samples in doubt are among those that count against every class."""
    record, votes = evidence.encrypted, evidence.votes
    assert record is not None
    n, failures = evidence.estimation.n, votes.estimation_failures
    drawn = max(n, evidence.selection.n)
    wrong = []
    if record.samples > drawn or record.subtracted > record.samples:
        wrong.append("its samples are more than were drawn")
    if n and record.subtracted > failures:
        wrong.append(f"{record.subtracted:,} samples in doubt are not among {failures:,} failures")
    settings = evidence.settings
    two_sided = settings.kind == "predict" and settings.test == "two-sided"
    how = "the two-sided test" if two_sided else settings.bound
    if two_sided or (settings.kind != "predict" and settings.bound not in ONE_CLASS):
        wrong.append(f"{how} bounds other classes by votes of which some are in doubt")
    return wrong
