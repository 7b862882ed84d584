"""What the report of a set says, before anyone sets it in type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from engine.core.nouns import of_kind
from engine.core.rounding import confidence_percent, percent_down, round_down, short_up
from engine.evidence.attack import size_in_words as perturbation_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.settings import alpha_of
from engine.procedures.set_result import SetResult, as_path
from engine.regions import LightMap, Region
from engine.replay.rows import NO_LABEL, ReplayRow
from engine.report.audit.figure import labelled, right
from engine.report.audit.record import NAME, SetRecord
from engine.report.content import Content, Fact, Section, Table
from engine.report.numbers import count, lower, numbered, percent, plain
from engine.report.provenance import model_section, sentence, versions
from engine.report.sections import declared, limits
from engine.report.summary import badge, scheme_facts
from engine.schemes import UniformL1
from engine.schemes.ranked import top_k

_SHOWN_ROWS = 40
"""Sets of more rows are shown by their ends alone."""
_ENDS = 5
_LISTED = 20
_KEY_SHARES = 4
_SET_LIMITS = (
    "Every row is a statement of its own at alpha; of many rows a share of at most alpha is wrong "
    "on average. What holds of all rows at once, and of a population, is said apart.",
    "An abstention, and a certificate for another class than the label, count as not certified.",
)


def set_statement(result: SetResult, share: Callable[[int, int], str] = percent) -> str:
    """What a set says, in words: how many rows are certified, at what, and with which chance.

    Args:
        result: of the set.
        share: formats a count of a total as a percentage.
    """
    summary, alpha = result.summary, alpha_of(result.settings)
    exact = result.settings.kind == "exact"
    counted = summary.rows
    certified = counted - summary.abstained
    each = "exactly" if exact else f"each at alpha = {plain(alpha)}"
    of = f" (of the set's {count(result.available)})" if result.available else ""
    parts = [
        f"Of {numbered(counted, 'input')} counted{of}, {count(certified)} are certified, {each}"
    ]
    if labelled(result):
        parts[0] += f", {count(len(right(result)))} of them for their label"
    parts[0] += _of_what(result)
    for text, certain in summary.certified_accuracy.items():
        if certain is not None and len(parts) <= 2:
            held = round(certain * counted)
            shown = f"{count(held)} ({share(held, counted)})"
            parts.append(f"Certified for their label at {_at(text)}: {shown}")
    if summary.simultaneous is not None and not exact:
        together = summary.simultaneous.certified
        parts.append(
            f"With alpha shared out over all {count(len(result.inputs))} inputs, {count(together)} "
            f"certificates hold at once with confidence {confidence_percent(alpha)} %"
        )
    return ". ".join(parts) + "."


def _of_what(result: SetResult) -> str:
    """What certified means where it is less than every change of a size that keeps the prediction.

    Among how many first classes, within what box, and how many maps are certified all over.
    """
    said, scheme = "", result.settings.scheme
    if (k := top_k(scheme)) > 1:
        said += f"; kept among the first {k}, which need not be the prediction"
    if isinstance(scheme, UniformL1) and scheme.box:
        said += "; of changes that keep every pixel in [0, 1]"
    maps = [row.region for row in result.rows if isinstance(row.region, LightMap)]
    if maps:
        said += f"; {count(sum(one.whole for one in maps))} over the whole box, others in part"
    return said


def set_content(record: SetRecord, result: SetResult) -> Content:
    """Everything that the report says.

    Args:
        record: of the set.
        result: worked out from its rows, with them.
    """
    first = record.first()
    attacked = any(record.values("attack"))  # else no row need be read
    broken = [row.idx for row, one in record.evidence() if one.contradicted] if attacked else []
    return Content(
        title="Audit of a set",
        verdict="CONTRADICTED" if broken else "COUNTED" if result.complete else "PARTIAL",
        tone="bad" if broken else "good" if result.complete else "warn",
        badge=badge(first),
        partial=_partial(result),
        statement=record.statement,
        why=_contradicted(broken) if broken else None,
        key_facts=tuple(_key_facts(result)),
        identity=_identity(result),
        limits=Section(
            "What this does not say", sentences=(*_SET_LIMITS, *limits(first).sentences)
        ),
        sections=tuple(_sections(record, result, first)),
    )


def _at(text: str) -> str:
    return text.replace("=", " ").replace(",", ", ")


def _partial(result: SetResult) -> str:
    if result.complete:
        return ""
    if len(result.rows) == len(result.inputs):
        return "Some rows rest on fewer votes than planned."
    done, planned = count(len(result.rows)), count(len(result.inputs))
    return f"{done} of {planned} inputs have a row."


def _key_facts(result: SetResult) -> Iterator[Fact]:
    summary, settings, rows = result.summary, result.settings, len(result.rows)
    if summary.clean_accuracy is not None:
        note = "correct and not abstained: certified accuracy at size 0"
        yield Fact("clean accuracy", percent_down(summary.clean_accuracy), note)
    for text, share in list(summary.certified_accuracy.items())[:_KEY_SHARES]:
        if share is not None:
            note = "and correct; rounded down"
            yield Fact(f"certified at {_at(text)}", percent_down(share), note)
    if summary.acr is not None:
        note = "mean over all rows; wrong and abstained ones count as 0"
        yield Fact("average certified radius", round_down(summary.acr, 4), note)
    yield Fact("abstained", count(summary.abstained), percent(summary.abstained, rows))
    yield Fact("rows", count(rows), f"of {count(len(result.inputs))} planned inputs")
    yield from scheme_facts(settings.scheme, result.model.kind)
    if settings.kind != "exact":
        alpha = alpha_of(settings)
        note = f"for each row; {short_up(alpha / len(result.inputs), 3)} for all at once"
        yield Fact("alpha", plain(alpha), note)
        each = "at most at each anchor of a row" if settings.kind == "sweep" else "a row"
        yield Fact("n", count(settings.n), f"votes {each}, after n0 = {count(settings.n0)}")


def _least(value: float) -> str:
    return f"{round_down(100 * value, 2)} %"


def _identity(result: SetResult) -> tuple[Fact, ...]:
    names, model = result.inputs, result.model
    ends = as_path(names[0])
    if len(names) > 1:
        ends += f" to {as_path(names[-1])}"
    limited = f", of {count(result.available)}" if result.available else ""
    return (
        Fact("model", model.name, f"sha256 {model.sha256[:12]}…"),
        Fact("inputs", ends, f"{count(len(names))} planned{limited}"),
    )


def _sections(record: SetRecord, result: SetResult, first: Evidence) -> Iterator[Section]:
    yield _table(result)
    yield from _rows(result)
    yield from _attacks(record, result)
    yield from _unread(result)
    if result.notes:
        yield Section("Notes", sentences=tuple(map(sentence, result.notes)))
    yield from declared(first)
    yield model_section(first.model_copy(update={"function_check": None}))
    yield _noise(first)
    yield _machine(record)
    yield _warnings(record)
    yield _repeat(first)
    yield _check()


def _table(result: SetResult) -> Section:
    """The lecture's table, each row by itself, all at once, and the population."""
    summary, exact = result.summary, result.settings.kind == "exact"
    joint = None if exact else summary.simultaneous
    confidence = confidence_percent(alpha_of(result.settings))
    header = ["share of rows", "each by itself"]
    header += ["all at once"] if joint else []
    header += ["population at least"] if summary.population else []
    rows: list[tuple[str, ...]] = []

    def line(name: str, own: float | None, together: float | None, key: str) -> None:
        if own is None:
            return
        cells = [name, percent_down(own)]
        cells += [percent_down(together or 0.0)] if joint else []
        if summary.population:
            cells.append(_least(summary.population[key].population_lower))
        rows.append(tuple(cells))

    line(
        "correct, not abstained",
        summary.clean_accuracy,
        joint.clean_accuracy if joint else None,
        "clean",
    )
    for text, share in summary.certified_accuracy.items():
        together = joint.certified_accuracy[text] if joint else None
        line(f"certified at {_at(text)}", share, together, text)
    blank = [""] if summary.population else []
    if summary.acr is not None:
        acr = [round_down((joint.acr if joint else None) or 0.0, 4)] if joint else []
        rows.append(("average certified radius", round_down(summary.acr, 4), *acr, *blank))
    total = len(result.rows)
    lost = [percent(total - joint.certified, total)] if joint else []
    rows.append(("abstained", percent(summary.abstained, total), *lost, *blank))
    said = ["A row counts as certified accuracy if its certified class is its label."]
    if joint:
        said.append(
            f"All at once: every row at alpha / {count(len(result.inputs))}, so that all "
            f"certificates hold together with confidence {confidence} %."
        )
    if summary.population:
        said.append(
            "Population: a lower bound with confidence "
            f"{confidence} % on the share of the population that is certified so, for each line by "
            "itself, if the inputs are a random draw from it."
        )
    return Section(
        "Certified accuracy", sentences=tuple(said), table=Table(tuple(header), tuple(rows))
    )


def ends(result: SetResult) -> dict[str, tuple[ReplayRow, ...]]:
    """The rows that a reader looks at first, by what they are: at most five each, none twice.

    Certified ones by how large their region is: by radius, else by p_lower.
    """

    def size(row: ReplayRow) -> float:
        return row.bounds.p_lower if row.radius is None else row.radius

    good = sorted((result.rows[place] for place in right(result)), key=size)
    wrong = [
        row for row in result.rows if row.region is not None and row.predicted_class != row.label
    ]
    wrong = sorted(wrong, key=size, reverse=True) if labelled(result) else []
    lost = sorted((row for row in result.rows if row.region is None), key=size)
    most = good[-_ENDS:][::-1]
    least = good[: max(0, len(good) - len(most))][:_ENDS]
    found = {
        "Largest certified": most,
        "Smallest certified": least,
        "Certified for another class than the label": wrong[:_ENDS],
        "Abstained": lost[:_ENDS],
    }
    return {name: tuple(rows) for name, rows in found.items() if rows}


def _rows(result: SetResult) -> Iterator[Section]:
    if len(result.rows) <= _SHOWN_ROWS:
        yield Section("Rows", table=_listed(result, result.rows))
        return
    shown: list[ReplayRow] = []
    for rows in ends(result).values():
        shown += rows
    said = f"{count(len(shown))} of {count(len(result.rows))} rows: the largest and the smallest "
    said += f"certified, the wrong and the abstained. All rows are in the {NAME} inside."
    yield Section("Rows at the ends", table=_listed(result, shown), sentences=(said,))


def _listed(result: SetResult, rows: Sequence[ReplayRow]) -> Table:
    names = result.model.class_names
    attacked = ("attacked",) if any(row.attacked for row in result.rows) else ()
    return Table(
        ("input", "label", "prediction", "p lower", "certified", *attacked),
        tuple(
            (
                as_path(str(row.idx)),
                "none" if row.label == NO_LABEL else class_name(names, row.label),
                "abstains"
                if row.predicted_class is None
                else class_name(names, row.predicted_class),
                lower(row.bounds.p_lower),
                size_in_words(row.region, result.model.kind),
                *([attack_size(row)] if attacked else []),
            )
            for row in rows
        ),
    )


def class_name(names: Sequence[str], index: int) -> str:
    """A class by its name; a label that the model has no class for by its number."""
    return names[index] if 0 <= index < len(names) else str(index)


def size_in_words(region: Region | None, kind: str) -> str:
    """What a row certifies, rounded down, in the noun of its kind of input."""
    return "nothing" if region is None else of_kind(region.headline(), kind)


def attack_size(row: ReplayRow) -> str:
    """The smallest change found beside the certificate, rounded up."""
    return "not found" if row.attacked is None else perturbation_in_words(row.attacked)


def _attacks(record: SetRecord, result: SetResult) -> Iterator[Section]:
    """How many rows were attacked, and what that shows."""
    attacks = [one for one in record.values("attack") if one]
    if not attacks:
        return
    found = [row for row in result.rows if row.attacked is not None]
    said = [
        f"Of {numbered(len(attacks), 'row')} attacked, a change to another class was found and "
        f"confirmed for {count(len(found))}. That is evidence of tightness, and no guarantee."
    ]
    yield Section("Attacks", sentences=tuple(said))


def _contradicted(inputs: Sequence[str]) -> Section:
    """Which rows claim what an attack refuted."""
    named = ", ".join(as_path(one) for one in inputs[:_ENDS])
    more = f" and {count(len(inputs) - _ENDS)} more" if len(inputs) > _ENDS else ""
    said = (
        f"CONTRADICTION: {numbered(len(inputs), 'change')} inside a certified region "
        f"({named}{more}). Model or program is broken, or chance was against it: this set is not "
        "to be used."
    )
    return Section("Why this is not to be used", sentences=(said,))


def _unread(result: SetResult) -> Iterator[Section]:
    if not result.unread:
        return
    said = [f"{as_path(one.input)}: {one.reason}" for one in result.unread[:_LISTED]]
    if more := len(result.unread) - _LISTED:
        said += [f"{count(more)} more are named in the {NAME} inside."] if more > 0 else []
    yield Section("Inputs without a row", sentences=tuple(said))


def _noise(first: Evidence) -> Section:
    noise = first.noise
    facts = [Fact("generator", noise.generator), Fact("arithmetic", noise.arithmetic)]
    said = (
        "Every input has a key of its own, made of the seed, the model, its values and the scheme."
    )
    if first.settings.kind == "exact":
        return Section("Noise", tuple(facts))
    return Section("Noise", tuple(facts), (said,))


def _machine(record: SetRecord) -> Section:
    software = record.software
    timings = list(record.values("performance"))
    devices = ", ".join(dict.fromkeys(str(one["device"]) for one in timings))
    seconds = sum(float(one["seconds"]) for one in timings)
    return Section(
        "Software and machine",
        (
            Fact("certiscope", software.certiscope),
            Fact("libraries", versions(software)),
            Fact("platform", software.platform),
            Fact("processor", software.processor),
            Fact("device", devices, software.device_name),
            Fact("time", f"{round_down(seconds, 1)} s", "of all rows together"),
        ),
    )


def _warnings(record: SetRecord) -> Section:
    found = Counter(text for texts in record.values("warnings") for text in texts)
    said = [f"{text} ({numbered(times, 'row')})" for text, times in list(found.items())[:_LISTED]]
    return Section("Warnings", sentences=tuple(said) or ("None.",))


def _repeat(first: Evidence) -> Section:
    command = (Fact("its first row", first.command, code=True),) if first.command else ()
    words = (
        "Each row is a run of its own, with a command line of its own, which gives the same votes."
    )
    return Section("To repeat a row", command, sentences=(words,))


def _check() -> Section:
    return Section(
        "To check it",
        sentences=(
            "certiscope verify FILE, on this report, works out every row from its counts and all "
            "that is said of the set from the rows, and sets the pages again. The votes are taken "
            "as recorded: it draws none again.",
            "A row's whole evidence, with its votes over n, has the digest that stands beside the "
            f"row in the {NAME} inside; certiscope verify --rerun draws its votes again.",
        ),
    )
