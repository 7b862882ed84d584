"""What a run of each procedure and scheme records: nothing of another stands beside it. No torch.

A field that is left out where it is empty may be invented in any file, and a report would print it
as what the run found; so everything that a claim does not ask for must be empty.
"""

from __future__ import annotations

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.models.input_layout import fits
from engine.schemes import Scheme
from engine.schemes.ranked import check_classes
from engine.verify.parts import composed

_OWN = {
    "intervals": ("measure",),
    "anchors": ("sweep",),
    "decision": ("decide",),
    "test": ("predict",),
    "attack": ("certify", "exact", "sweep"),
}
"""Fields that runs of these kinds alone fill; every other field is compared by some claim."""


def of_others(evidence: Evidence) -> list[str]:
    """Fields that the procedure does not fill, and are filled."""
    kind = evidence.settings.kind
    filled = [name for name, kinds in _OWN.items() if kind not in kinds and getattr(evidence, name)]
    return [f"it states {' and '.join(filled)}, and a {kind} run has none"] if filled else []


def unfit(evidence: Evidence) -> list[str]:
    """Whether scheme, model, input, and the facts drawn from it, are made for each other."""
    settings, model, given = evidence.settings, evidence.model, evidence.input
    scheme, kind = settings.scheme, type(settings.scheme)
    wrong = []
    if evidence.facts and kind.prepare is Scheme.prepare and not kind.computed:
        wrong.append(f"it states facts of the input, and {kind.key} draws none from it")
    if kind.computed and scheme.known(evidence.facts) is None:
        wrong.append("it does not state what was computed")
    if kind.computed and composed(model):
        wrong.append(f"its model is made of several, and {kind.key} computes with one")
    if not fits(scheme, model, given):
        wrong.append("model and input have other shapes")
    try:
        scheme.check_input(given)
        check_classes(scheme, len(model.class_names))
        scheme.check_facts(evidence.facts, given)
    except UserError as error:
        wrong.append(f"the scheme does not fit the input: {error}")
    return wrong
