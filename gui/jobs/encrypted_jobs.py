"""What the page of encrypted inference asks of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui.jobs.engine_jobs import Subject

if TYPE_CHECKING:
    from engine.explain.encrypted import Sight
    from engine.models.base import Classifier


@dataclass(frozen=True)
class Look:
    """One image under encryption.

    Attributes:
        subject: model and image.
        sight: what both sides have of it.
    """

    subject: Subject
    sight: Sight


def look(subject: Subject) -> Look:
    """Send the open image, encrypted and without noise.

    Raises:
        UserError: the server does not answer.
    """
    from engine.explain.encrypted import look as send
    from engine.models.encrypted import EncryptedClassifier

    classifier = subject.classifier
    assert isinstance(classifier, EncryptedClassifier)
    return Look(subject, send(classifier, subject.fitted))


def cost(classifier: Classifier | None, votes: int) -> str:
    """What so many votes of an open model take under encryption; empty for any other model.

    It is computed at once from what the server announced, and sends nothing.
    """
    if classifier is None or not classifier.usual_batch:
        return ""
    from engine.models.encrypted import EncryptedClassifier  # loaded with the model

    assert isinstance(classifier, EncryptedClassifier)
    terms = classifier.client.terms
    security, takes = terms.parameters.in_words(), terms.estimate(votes).in_words()
    return f"{classifier.identity.name}: {security}. {takes}"
