"""Where a run comes from: everything needed to repeat and re-check it."""

from __future__ import annotations

from collections import Counter

from engine.core.errors import UserError
from engine.core.nouns import as_read, of_kind
from engine.core.records import Encoding, ModelIdentity, PartIdentity, Software
from engine.core.rounding import round_down, short_up
from engine.evidence.evidence import Evidence
from engine.evidence.settings import seed_in_words
from engine.noise.records import NoiseStatistic, SelfTest
from engine.report import enumerated
from engine.report.content import Fact, Section
from engine.report.numbers import count, numbered, plain
from engine.schemes import parse_scheme
from engine.schemes.stumps import for_kind

_ENCODED: dict[Encoding, str] = {
    "plain": "",
    "indicator": "the last one is 1 where the input was noised",
    "complement": "x and 1 - x, both 0 where a pixel was taken away",
}
"""What the channels, or the columns of a matrix, are."""


def provenance(evidence: Evidence) -> tuple[Section, ...]:
    """Model, input, noise, machine, warnings, and how to do it again."""
    return (
        model_section(evidence),
        _input(evidence),
        _noise(evidence),
        _chain(evidence),
        _software(evidence),
        _warnings(evidence),
        _repeat(evidence),
        _check(evidence),
    )


def model_section(evidence: Evidence) -> Section:
    """The model, as far as its file and its identity tell."""
    model = evidence.model
    facts = (
        Fact("name", model.name),
        Fact("source", model.source),
        *_digests(model),
        Fact("format", model.format, "can run code; consent given" if model.contains_code else ""),
        Fact("architecture", model.architecture),
        Fact("weights", count(model.parameters) if model.parameters else "not told by the file"),
        Fact("classes", count(len(model.class_names))),
        Fact("takes", _shape(model.input_shape), _ENCODED[model.encoding]),
        *_normalised(evidence),
        Fact("trained with noise", _trained(model)),
        Fact("arithmetic", evidence.settings.precision, "part of the model's identity"),
        *_asked_again(evidence),
    )
    return Section("Model", facts, sentences=tuple(map(sentence, model.notes)))


def _normalised(evidence: Evidence) -> tuple[Fact, ...]:
    """The layer between noise and network, where pixels go through one."""
    model = evidence.model
    if model.kind not in ("image", "pair"):
        return ()
    told = f"after the noise; {model.normalization_told}"
    return (Fact("normalisation", model.normalization, told),)


def _asked_again(evidence: Evidence) -> tuple[Fact, ...]:
    """The test that the model is a function of one sample, where there was one."""
    record = evidence.function_check
    if record is None:
        return ()
    how = "alone" if record.one_a_call else f"in {count(record.batchings)} other batches"
    value = f"{count(record.answers)} answers to {count(record.samples)} samples, {how}"
    return (Fact("asked again", value, record.in_words()),)


def sentence(note: str) -> str:
    """A note as a sentence: notes are often clauses."""
    if not note:
        return note
    end = "" if note[-1] in ".!?" else "."
    return f"{note[:1].upper()}{note[1:]}{end}"


def _digests(model: ModelIdentity) -> tuple[Fact, ...]:
    """Of the whole function, and of its parts; an oracle stands with the answers it reads."""
    if not model.parts:
        return (Fact("sha256", model.sha256, code=True),)
    roles = Counter(part.role for part in model.parts)
    made = [role if number == 1 else f"{number} {role}s" for role, number in roles.items()]
    made = made if model.generation is None else ["weights", "prompt", "oracle"]
    of = " and ".join((", ".join(made[:-1]), made[-1])) if len(made) > 1 else made[0]
    return (
        Fact("sha256", model.sha256, f"of {of} together", code=True),
        *(
            Fact(f"sha256 of the {part.role}", part.sha256, _named(part), code=True)
            for part in model.parts
            if part.role != "oracle"
        ),
    )


def _named(part: PartIdentity) -> str:
    """Weights are the model's own; of sources there are several."""
    if part.time_step is not None:
        return f"{part.name}, at time step {count(part.time_step)}"
    return "" if part.role == "weights" else part.name


def _trained(model: ModelIdentity) -> str:
    """The noise of the training, as far as the file says it."""
    if model.training_scheme is not None:
        try:
            taught = for_kind(parse_scheme(model.training_scheme), model.kind)
            return of_kind(taught.noise_in_words(), model.kind)
        except UserError:  # evidence of another version
            return "not known here"
    return "not known" if model.training_sigma is None else f"sigma {model.training_sigma:g}"


def _shape(shape: tuple[int, ...]) -> str:
    sides = " × ".join(str(side) if side else "any" for side in shape)
    return f"{sides} (channels × height × width)" if len(shape) == 3 else sides


_CONTENT = {"image": "pixels", "text": "words"}
"""What the second digest of an input is over."""


def _input(evidence: Evidence) -> Section:
    image = evidence.input
    name = image.label_name or ""
    label = "not known" if image.label is None else f"{name} (class {image.label})"
    facts = (
        Fact("name", image.name),
        Fact("source", image.source),
        Fact("sha256", image.sha256, code=True),
        Fact(f"sha256 of the {_CONTENT.get(image.kind, 'values')}", image.pixels_sha256, code=True),
        Fact("shape", _shape(image.shape)),
        Fact("true class", label),
        Fact(
            "fitted to the model",
            as_read(image.adaptation) or "as it is, nothing resized or cropped",
        ),
    )
    return Section("Input", facts, sentences=tuple(map(sentence, image.notes)))


_ARITHMETIC = {
    "float": "fast; not sound to the last bit",
    "exact integers": "integers throughout; sound in floating point",
    "exact grid": "integers on the 8-bit grid; sound in floating point",
}


def _noise(evidence: Evidence) -> Section:
    noise = evidence.noise
    streams = f"selection {noise.selection_stream}, estimation {noise.estimation_stream}"
    facts = [Fact("generator", noise.generator)]
    if not enumerated.samples_counted(evidence):
        facts += [
            Fact("key", noise.key, f"from {noise.key_material}", code=True),
            Fact("streams", streams),
        ]
    facts += [
        Fact("arithmetic", noise.arithmetic, _ARITHMETIC[noise.arithmetic]),
    ]
    if noise.total_variation:
        slack = f"at most {short_up(noise.total_variation, 3)}, subtracted from p_lower"
        facts.append(Fact("distance from the law", slack, "total variation, per input"))
    if noise.table_sha256:
        facts.append(Fact("sha256 of the table", noise.table_sha256, code=True))
    if noise.self_test is not None:
        facts += _self_test(noise.self_test)
    return Section("Noise", tuple(facts))


def _self_test(test: SelfTest) -> list[Fact]:
    """One line per law that was drawn from, before anything was counted."""
    drawn = f"{count(test.samples)} × {count(test.elements)} numbers, stream {test.stream}"
    from engine.noise.statistical_tests import LIMIT  # deferred: SciPy is slow to load

    when = f"before anything was counted; fails at a p-value below {LIMIT:g}"
    facts = [Fact("self-test", "passed", f"{drawn}; {when}")]
    for law in dict.fromkeys(statistic.law for statistic in test.statistics):
        found = [statistic for statistic in test.statistics if statistic.law == law]
        least = min(statistic.p_value for statistic in found)
        words = ", ".join(_statistic(statistic) for statistic in found)
        facts.append(Fact(f"self-test, {law}", f"least p-value {least:.2g}", words))
    return facts


def _statistic(statistic: NoiseStatistic) -> str:
    if statistic.freedom is None:
        return f"{statistic.name} z = {statistic.value:.2f}"
    return f"{statistic.name} χ² = {statistic.value:.1f} ({statistic.freedom})"


def _chain(evidence: Evidence) -> Section:
    chain = evidence.chain
    if chain is None:
        return Section("Record of the votes", sentences=("This procedure keeps no blocks.",))
    longest = max((block.n for block in chain.blocks), default=0)
    more = f", later of up to {count(longest)}" if longest > chain.block else ""
    size = f"of {count(chain.block)} votes{more}"
    if evidence.anchors:
        size = f"one for each anchor, of up to {count(longest)} votes"
    facts = (
        Fact("blocks", count(len(chain.blocks)), size),
        Fact("chain begins", chain.start, code=True),
        Fact("chain ends", chain.head, code=True),
        Fact("seal", evidence.seal, code=True),
    )
    words = (
        "Each block's votes enter a chain of hashes that begins with model, input, settings, noise "
        "key and selection votes; its end stands for every vote. The seal is the digest of all "
        "values of the evidence. Without a signature both show accidents and careless edits only."
    )
    return Section("Record of the votes", facts, sentences=(words,))


def _software(evidence: Evidence) -> Section:
    software, timing = evidence.software, evidence.performance
    threads = f", {numbered(timing.threads, 'thread')}" if timing.threads else ""
    speed = f"{count(int(timing.samples_per_second))} votes per second"
    took = f"{round_down(timing.seconds, 1)} s in all, batch {count(timing.batch)}"
    facts = (
        Fact("certiscope", software.certiscope),
        Fact("libraries", versions(evidence.software)),
        Fact("platform", software.platform),
        Fact("processor", software.processor),
        Fact("device", f"{timing.device} ({software.device_name}){threads}"),
        Fact("speed", speed, took),
    )
    return Section("Software and machine", facts)


def versions(s: Software) -> str:
    """The libraries that decide numbers."""
    return f"Python {s.python}, torch {s.torch}, NumPy {s.numpy}, SciPy {s.scipy}"


def _warnings(evidence: Evidence) -> Section:
    return Section("Warnings", sentences=evidence.warnings or ("None.",))


def _repeat(evidence: Evidence) -> Section:
    command = (Fact("command line", evidence.command, code=True),) if evidence.command else ()
    words = (
        f"The same seed, {seed_in_words(evidence.settings)}, on the same model and input draws the "
        "same noise, whatever the batch size."
    )
    if enumerated.samples_counted(evidence):
        words = enumerated.repetition(evidence)
    return Section("To repeat this run", command, sentences=(words,))


def _counted(evidence: Evidence, top: int) -> str:
    """What the bound of a class rests on, of how many samples."""
    votes = evidence.estimation
    n = f"n = {count(votes.n)}"
    if votes.scores is None:
        return f"k = {count(votes.counts[top])} of {n}"
    sums = votes.scores
    return f"scores of sum {sums.total} / 2^16 and sum of squares {sums.squares} / 2^32 over {n}"


def _check(evidence: Evidence) -> Section:
    counted = enumerated.samples_counted(evidence)
    steps = [
        "certiscope verify FILE, on this report, recomputes every number in it; --rerun 20 "
        f"also {'makes' if counted else 'draws'} the noise of 20 random blocks again and compares "
        "the votes.",
        "Compare the sha256 of the model and input files with those printed above.",
    ]
    if counted:
        steps += enumerated.check(evidence)
    elif evidence.bounds is not None:
        bounds = evidence.bounds
        if evidence.anchors:
            steps.append(
                "For every block compute the anytime bound anew, from its counts and the share of "
                f"alpha = {plain(bounds.alpha)} that the level of its anchor's cell fixes; where "
                f"the claim rests on it least is {bounds.p_lower!r} before rounding, of "
                f"n = {count(bounds.n)} votes."
            )
        else:
            steps.append(
                f"From {_counted(evidence, bounds.top)} and alpha = {plain(bounds.alpha)}, "
                f"compute the {bounds.method} bound anew: {bounds.p_lower!r} before rounding."
            )
        steps.append("Put both bounds into the theorem named under Method to obtain the region.")
    which = " of both counts" if counted else " of both phases"
    once = evidence.procedure in ("predict", "measure") or enumerated.is_computed(evidence)
    which = "" if once else which
    steps.append(f"Run the command line again and compare the votes{which}.")
    steps.append("Every count, and all numbers at full precision, are in the evidence.json inside.")
    return Section("To check it", sentences=tuple(steps))
