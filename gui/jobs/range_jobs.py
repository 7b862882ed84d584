"""What the worker finds out about a range before a run of it."""

from __future__ import annotations

from engine.encrypted.address import PREFIX
from engine.evidence.settings import RunSettings
from gui.jobs.engine_jobs import Subject


def along_the_range(subject: Subject, settings: RunSettings) -> tuple[str, ...]:
    """Where the base model changes its class along a range, in a sentence; nothing of other runs.

    What needs no model to be said is left out: the window says that at once. A model on a server is
    not asked before somebody starts a run.
    """
    from engine.procedures.beforehand import beforehand
    from engine.procedures.run import setting_warnings

    classifier = subject.classifier
    if classifier.identity.source.startswith(PREFIX):
        return ()
    known = setting_warnings(classifier, settings)
    said = beforehand(classifier, subject.fitted, settings)
    return tuple(sentence for sentence in said if sentence not in known)
