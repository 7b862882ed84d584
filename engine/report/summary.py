"""The first page: outcome, statement, and the numbers it rests on."""

from __future__ import annotations

from engine.evidence import Evidence
from engine.fields import field_specs
from engine.regions import Ball
from engine.report.content import Content, Fact, Section, Tone
from engine.report.numbers import PROBABILITY_DIGITS, count, lower, plain, upper
from engine.report.sections import sections
from engine.rounding import confidence_percent, round_down, round_up

_TITLES = {"certify": "Robustness certificate", "predict": "Smoothed prediction"}
_TONES: dict[str, Tone] = {"certified": "good", "predicted": "good", "abstained": "warn"}
_CAUSES = {
    "wrong-guess": "the selection votes guessed the wrong class",
    "below-half": "the class's probability under the noise is not above one half",
    "too-few-samples": "n is too small for these votes",
}
_SHORT_HASH = 12


def content(evidence: Evidence) -> Content:
    """Everything a report says about a run."""
    return Content(
        title=_TITLES[evidence.procedure],
        verdict=evidence.outcome.upper(),
        tone=_TONES[evidence.outcome],
        partial=_partial(evidence),
        statement=evidence.statement,
        why=_why(evidence),
        key_facts=(*_answer(evidence), *_bounds(evidence), *_test(evidence), *_votes(evidence)),
        identity=_identity(evidence),
        sections=sections(evidence),
    )


def estimated(evidence: Evidence) -> int:
    """Votes counted in the estimation phase."""
    return sum(evidence.votes.estimation) + evidence.votes.estimation_failures


def _partial(evidence: Evidence) -> str:
    if evidence.complete:
        return ""
    done, planned = count(estimated(evidence)), count(evidence.settings.n)
    return f"Stopped early: {done} of {planned} planned votes were counted."


def _why(evidence: Evidence) -> Section | None:
    abstention = evidence.abstention
    if abstention is None:
        return None
    facts = tuple(
        Fact(cause, "this run" if reason == abstention.reason else "not this run")
        for reason, cause in _CAUSES.items()
    )
    known = abstention.reason in _CAUSES
    sentence = abstention.sentence[:1].upper() + abstention.sentence[1:]
    needed = abstention.n_needed
    helps = (f"An n of {count(needed)} would help, if the votes keep these shares.",)
    return Section(
        title="Why nothing is certified" if evidence.procedure == "certify" else "Why no answer",
        facts=facts if known else (),
        sentences=(sentence, *(helps if needed is not None else ())),
    )


def _answer(evidence: Evidence) -> tuple[Fact, ...]:
    facts = []
    if isinstance(evidence.region, Ball):
        ball = evidence.region
        note = f"{ball.norm} norm, {ball.unit}"
        facts.append(Fact("certified radius", round_down(ball.radius, 4), note))
    elif evidence.region is not None:
        facts.append(Fact("certified region", evidence.region.headline()))
    if evidence.predicted_class is not None:
        facts.append(Fact("answer", evidence.class_name or "", _against_label(evidence)))
    return tuple(facts)


def _against_label(evidence: Evidence) -> str:
    index = f"class {evidence.predicted_class}"
    if evidence.input.label is None:
        return f"{index}; true class not known"
    same = evidence.input.label == evidence.predicted_class
    name = evidence.input.label_name or str(evidence.input.label)
    return f"{index}; the true class" if same else f"{index}; the true class is '{name}'"


def _bounds(evidence: Evidence) -> tuple[Fact, ...]:
    bounds = evidence.bounds
    if bounds is None:
        return ()
    name = evidence.model.class_names[bounds.top]
    sense = "" if bounds.valid else " (provisional)"
    return (
        Fact("p lower", lower(bounds.p_lower), f"probability of '{name}', rounded down{sense}"),
        Fact("p upper", upper(bounds.p_upper), f"of every other class, rounded up{sense}"),
    )


def _test(evidence: Evidence) -> tuple[Fact, ...]:
    if evidence.test is None:
        return ()
    value = round_up(evidence.test.p_value, PROBABILITY_DIGITS)
    return (Fact("p-value", f"≤ {value}", f"{evidence.test.name} binomial test"),)


def _votes(evidence: Evidence) -> tuple[Fact, ...]:
    settings = evidence.settings
    parameters = tuple(
        Fact(spec.title, plain(getattr(settings.scheme, spec.name)), f"{spec.help}, {spec.unit}")
        for spec in field_specs(type(settings.scheme))
    )
    certifying = evidence.procedure == "certify"
    done = count(estimated(evidence))
    alpha = f"confidence {confidence_percent(settings.alpha)} %"
    facts = [*parameters, Fact("alpha", plain(settings.alpha), f"{alpha}, for this statement")]
    facts.append(Fact("n", done, "votes that bound" if certifying else "votes tested"))
    if certifying:
        facts.append(Fact("n0", count(sum(evidence.votes.selection)), "votes that chose the class"))
        basis = evidence.bounds.basis if evidence.bounds else "no votes to bound"
        facts.append(Fact("bound", settings.bound, basis))
    return tuple(facts)


def _identity(evidence: Evidence) -> tuple[Fact, ...]:
    model, image = evidence.model, evidence.input
    return (
        Fact("model", model.name, f"sha256 {model.sha256[:_SHORT_HASH]}…"),
        Fact("input", image.name, f"sha256 {image.sha256[:_SHORT_HASH]}…"),
        Fact("run", evidence.run_id, evidence.created),
    )
