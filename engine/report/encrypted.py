"""An encrypted run in a report: parameters, what was subtracted, and who may learn what."""

from __future__ import annotations

from engine.core.rounding import round_up
from engine.encrypted.parameters import Parameters
from engine.evidence.evidence import Evidence
from engine.evidence.observations import EncryptedRecord
from engine.report.content import Fact, Section
from engine.report.numbers import count, plain

SERVER_LEARNS = (
    "The server learns neither image nor noise, neither scores nor prediction nor radius: it gets "
    "ciphertexts and keys for multiplying. It sees when it is asked, and how many batches, which "
    "tell of the votes where a run ends early because of them."
)
CLIENT_LEARNS = {
    "scores": "The client learns every score of every noisy sample, up to one common factor; from "
    "these it can compute the model's weights as well.",
    "bits": "The client learns for every noisy sample which of every two classes leads, and how "
    "clearly where it is close; from many such samples it can copy the model as well.",
}
NOT_CLAIMED = (
    "Nothing shows that the server computed the model it announced: computing under encryption is "
    "not verified. Whoever holds the model can draw the same noise and count again in the clear "
    "(certiscope verify FILE --rerun all --model MODEL), and has to be given the image for it."
)


def encrypted_sections(evidence: Evidence) -> tuple[Section, ...]:
    """How a server computed the votes; nothing for a model in the clear."""
    record = evidence.encrypted
    if record is None:
        return ()
    facts = (
        Fact("answer", record.answer, "what the client decrypts"),
        Fact("parameters", _parameters(record), "Homomorphic Encryption Standard, 2018"),
        Fact("largest norm sent", plain(record.limit), "of the noisy sample and a 1"),
        Fact("in doubt from", plain(record.error), _doubt(record)),
        Fact("subtracted", _subtracted(record), "count against every class"),
        *_deviation(record),
        Fact("sent", f"{count(record.sent)} bytes", "ciphertexts"),
        Fact("received", f"{count(record.received)} bytes", "ciphertexts"),
    )
    sentences = (
        "A sample whose answer is in doubt counts against every class before any bound is taken, "
        "so that no count is above that of the model in the clear on the same noise. What is in "
        "doubt covers twelve standard deviations of the ciphertexts' noise, and the rounding of "
        "both sides.",
        SERVER_LEARNS,
        CLIENT_LEARNS[record.answer],
    )
    return (Section("Encrypted inference", facts, sentences),)


def encrypted_limits(evidence: Evidence) -> tuple[str, ...]:
    """What an encrypted run does not show."""
    return () if evidence.encrypted is None else (NOT_CLAIMED,)


def _parameters(record: EncryptedRecord) -> str:
    return Parameters(ring=record.ring, primes=record.primes, scale=record.scale).in_words()


def _doubt(record: EncryptedRecord) -> str:
    if record.answer == "bits":
        return "distance of a bit from 0 or 1"
    return "lead of a score over the others, none of which is above 8"


def _subtracted(record: EncryptedRecord) -> str:
    said = f"{count(record.subtracted)} of {count(record.samples)} samples"
    if record.samples:
        said += f" ({round_up(100 * record.subtracted / record.samples, 1)} %)"
    return f"{said}, {count(record.outside)} beyond the limit" if record.outside else said


def _deviation(record: EncryptedRecord) -> tuple[Fact, ...]:
    if record.answer == "scores":
        return ()
    return (Fact("sum of distances", plain(record.deviation), "of all bits from 0 or 1"),)
