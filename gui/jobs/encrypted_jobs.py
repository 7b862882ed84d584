"""What the worker is asked to do for the page of encrypted inference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui.jobs.engine_jobs import Subject

if TYPE_CHECKING:
    from engine.explain.encrypted import Sight


@dataclass(frozen=True)
class Look:
    """One image under encryption, and what a run would take.

    Attributes:
        subject: model and image.
        sight: what both sides have of it.
        model: as the server announces it.
        security: the parameters, in words.
        cost: what so many votes take, in words.
    """

    subject: Subject
    sight: Sight
    model: str
    security: str
    cost: Callable[[int], str]


def look(subject: Subject) -> Look:
    """Send the open image, encrypted and without noise.

    Raises:
        UserError: the server does not answer.
    """
    from engine.explain.encrypted import look as send
    from engine.models.encrypted import EncryptedClassifier

    classifier = subject.classifier
    assert isinstance(classifier, EncryptedClassifier)
    sight = send(classifier, subject.fitted)
    terms = classifier.client.terms
    return Look(
        subject=subject,
        sight=sight,
        model=classifier.identity.name,
        security=terms.parameters.in_words(),
        cost=lambda votes: terms.estimate(votes).in_words(),
    )
