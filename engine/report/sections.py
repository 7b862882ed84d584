"""The pages after the first: everything needed to judge, repeat and re-check a run.

The fields are those of ISO/IEC 17025:2017, 7.8.2, and the decision rule is stated as 7.8.6 asks.
"""

from __future__ import annotations

from engine.evidence import Evidence, TrajectoryPoint
from engine.fields import field_specs
from engine.report.content import Fact, Section, Table
from engine.report.numbers import count, lower, percent, plain, upper
from engine.rounding import confidence_percent, round_down

_TRAJECTORY_ROWS = 8
_VOTE_ROWS = 12

GENERAL_LIMITS = (
    "It is about the smoothed classifier g, which answers by majority over noisy copies, not about "
    "the base model used alone.",
    "It relates only to the input and the model tested, named here by their digests.",
    "It says that the answer stays, not that the answer is right.",
    "alpha is per statement: of many such statements, up to a share alpha may be wrong.",
    "The noise is made in floating point and is not sound to the last bit.",
    "An abstention does not show that the model can be attacked: the method is incomplete.",
)


def sections(evidence: Evidence) -> tuple[Section, ...]:
    """In the order a reader needs them."""
    certifying = evidence.procedure == "certify"
    parts = [
        _limits(evidence),
        _method(evidence),
        _decision(evidence),
        _parameters(evidence),
        _votes(evidence),
        *([_trajectory(evidence)] if evidence.trajectory else []),
        *([_asked(evidence)] if certifying and evidence.certified_at else []),
        _model(evidence),
        _input(evidence),
        _noise(evidence),
        _software(evidence),
        _warnings(evidence),
        _repeat(evidence),
        _check(evidence),
    ]
    return tuple(parts)


def _limits(evidence: Evidence) -> Section:
    own = evidence.settings.scheme.limits if evidence.procedure == "certify" else ()
    return Section("What this does not say", sentences=(*own, *GENERAL_LIMITS))


def _method(evidence: Evidence) -> Section:
    scheme = evidence.settings.scheme
    facts = [
        Fact("scheme", scheme.title),
        Fact("source", scheme.citation),
        Fact("noise", scheme.noise_in_words()),
    ]
    if evidence.procedure == "certify":
        facts += _guarantee(evidence)
    return Section("Method", tuple(facts))


def _guarantee(evidence: Evidence) -> list[Fact]:
    from engine.bounds import bound_method  # deferred: SciPy is slow to load

    scheme, method = evidence.settings.scheme, bound_method(evidence.settings.bound)
    basis = evidence.bounds.basis if evidence.bounds else "no votes to bound"
    return [
        Fact("the attacker may", scheme.attacker),
        Fact("guarantee", f"{scheme.guarantee}, {scheme.randomness}, incomplete"),
        Fact("bound", f"{method.title}: {method.summary}"),
        Fact("bound's source", method.citation),
        Fact("validity", basis),
    ]


def _decision(evidence: Evidence) -> Section:
    alpha = plain(evidence.settings.alpha)
    if evidence.procedure == "certify":
        rule = (
            "The class is chosen from n0 votes and bounded from n fresh ones, under a bound "
            "declared before the run. The statement is made only if p lower exceeds p upper."
        )
    else:
        rule = f"The class is returned only if the test's p-value is at most alpha = {alpha}."
    risk = (
        f"The chance that this procedure makes a false statement is at most alpha = {alpha} "
        f"(confidence {confidence_percent(evidence.settings.alpha)} %); otherwise it abstains. "
        "Certified numbers are rounded down, upper bounds up."
    )
    return Section("Decision rule", sentences=(rule, risk))


def _parameters(evidence: Evidence) -> Section:
    settings = evidence.settings
    facts = [
        Fact(spec.title, plain(getattr(record, spec.name)), _explained(spec.help, spec.unit))
        for record in (settings.scheme, settings)
        for spec in field_specs(type(record))
    ]
    return Section("Parameters", tuple(facts))


def _explained(help_text: str, unit: str) -> str:
    return f"{help_text}; {unit}" if unit else help_text


def _votes(evidence: Evidence) -> Section:
    votes, names = evidence.votes, evidence.model.class_names
    total = sum(votes.estimation) + votes.estimation_failures
    order = sorted(range(len(names)), key=lambda c: (-votes.estimation[c], -votes.selection[c], c))
    shown = [c for c in order if votes.estimation[c] or votes.selection[c]][:_VOTE_ROWS]
    rows = [
        (
            names[c],
            str(c),
            count(votes.selection[c]),
            count(votes.estimation[c]),
            percent(votes.estimation[c], total),
        )
        for c in shown
    ]
    left = len(names) - len(shown)
    if left:
        selection = sum(votes.selection) - sum(votes.selection[c] for c in shown)
        estimation = sum(votes.estimation) - sum(votes.estimation[c] for c in shown)
        share = percent(estimation, total)
        rows.append((f"{count(left)} others", "", count(selection), count(estimation), share))
    failed = (votes.selection_failures, votes.estimation_failures)
    rows.append(("no class", "", count(failed[0]), count(failed[1]), percent(failed[1], total)))
    header = ("class", "index", "selection", "estimation", "share")
    note = "Votes for no class (a failure, a score that is not finite) count against every class."
    return Section("Votes", table=Table(header, tuple(rows)), sentences=(note,))


def _trajectory(evidence: Evidence) -> Section:
    rows = tuple(
        (
            count(point.n),
            count(point.k),
            lower(point.p_lower),
            upper(point.p_upper),
            "valid" if point.valid else "provisional",
        )
        for point in _sampled(evidence.trajectory)
    )
    return Section("Bounds over n", table=Table(("n", "k", "p lower", "p upper", "sense"), rows))


def _sampled(points: tuple[TrajectoryPoint, ...]) -> list[TrajectoryPoint]:
    """A few points, each at least about twice as far as the one before, and the last."""
    chosen = [points[-1]]
    for point in reversed(points[:-1]):
        if point.n * 2 <= chosen[-1].n and len(chosen) < _TRAJECTORY_ROWS:
            chosen.append(point)
    return chosen[::-1]


def _asked(evidence: Evidence) -> Section:
    facts = tuple(
        Fact(at, "certified" if inside else "not certified")
        for at, inside in evidence.certified_at.items()
    )
    return Section("Perturbations asked for", facts)


def _model(evidence: Evidence) -> Section:
    model = evidence.model
    trained = f"sigma {model.training_sigma:g}" if model.training_sigma is not None else "not known"
    facts = (
        Fact("name", model.name),
        Fact("source", model.source),
        Fact("sha256", model.sha256, code=True),
        Fact("format", model.format + (", can run code, opened with consent" * model.contains_code)),
        Fact("architecture", model.architecture),
        Fact("parameters", count(model.parameters) if model.parameters else "not told by the file"),
        Fact("classes", count(len(model.class_names))),
        Fact("takes", _shape(model.input_shape)),
        Fact("normalisation", model.normalization, f"after the noise; {model.normalization_origin}"),
        Fact("trained with noise", trained),
        Fact("arithmetic", evidence.settings.precision, "part of the model's identity"),
    )
    return Section("Model", facts, sentences=model.notes)


def _shape(shape: tuple[int, int, int]) -> str:
    channels, height, width = shape
    return f"{channels} × {height} × {width} (channels × height × width)"


def _input(evidence: Evidence) -> Section:
    image = evidence.input
    label = "not known" if image.label is None else f"{image.label_name or ''} (class {image.label})"
    facts = (
        Fact("name", image.name),
        Fact("source", image.source),
        Fact("sha256", image.sha256, code=True),
        Fact("sha256 of the pixels", image.pixels_sha256, "the tensor that got the noise", code=True),
        Fact("shape", _shape(image.shape)),
        Fact("true class", label),
        Fact("fitted to the model", image.adaptation or "as it is, nothing resized or cropped"),
    )
    return Section("Input", facts)


def _noise(evidence: Evidence) -> Section:
    noise = evidence.noise
    facts = (
        Fact("generator", noise.generator),
        Fact("key", noise.key, f"from {noise.key_material}", code=True),
        Fact("streams", f"selection {noise.selection_stream}, estimation {noise.estimation_stream}"),
        Fact("arithmetic", noise.arithmetic, "fast; not sound to the last bit"),
    )
    return Section("Noise", facts)


def _software(evidence: Evidence) -> Section:
    software, timing = evidence.software, evidence.performance
    threads = f", {timing.threads} threads" if timing.threads else ""
    speed = f"{count(int(timing.samples_per_second))} votes per second"
    facts = (
        Fact("certiscope", software.certiscope),
        Fact("libraries", _versions(evidence)),
        Fact("platform", software.platform),
        Fact("processor", software.processor),
        Fact("device", f"{timing.device} ({software.device_name}){threads}"),
        Fact("speed", speed, f"{round_down(timing.seconds, 1)} s in all, batch {count(timing.batch)}"),
    )
    return Section("Software and machine", facts)


def _versions(evidence: Evidence) -> str:
    s = evidence.software
    return f"Python {s.python}, torch {s.torch}, NumPy {s.numpy}, SciPy {s.scipy}"


def _warnings(evidence: Evidence) -> Section:
    return Section("Warnings", sentences=evidence.warnings or ("None.",))


def _repeat(evidence: Evidence) -> Section:
    command = (Fact("command line", evidence.command, code=True),) if evidence.command else ()
    seed = (
        f"The same seed ({evidence.settings.seed}) on the same model and input draws the same "
        "noise, whatever the batch size."
    )
    return Section("To repeat this run", command, sentences=(seed,))


def _check(evidence: Evidence) -> Section:
    steps = ["Compare the sha256 of the model and input files with those printed above."]
    if evidence.bounds is not None:
        bounds = evidence.bounds
        k = evidence.votes.estimation[bounds.top]
        steps.append(
            f"From k = {count(k)} of n = {count(bounds.n)} and alpha = {plain(bounds.alpha)}, "
            f"compute the {bounds.method} bound anew: {bounds.p_lower!r} before rounding."
        )
        steps.append("Put both bounds into the theorem named under Method to obtain the region.")
    steps.append("Run the command line again and compare the votes of both phases.")
    steps.append("All numbers at full precision, and every count, are in the evidence.json that this report carries.")
    return Section("To check it", sentences=tuple(steps))
