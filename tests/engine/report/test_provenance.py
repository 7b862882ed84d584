from __future__ import annotations

from engine.core.records import PartIdentity
from engine.evidence.evidence import ChainRecord
from engine.evidence.observations import AnchorRecord
from engine.noise.records import NoiseStatistic, SelfTest
from engine.report.content import Section
from engine.report.provenance import provenance
from tests.factories import make_evidence, make_input, make_model, make_predicted


def told(title: str, **overrides: object) -> dict[str, str]:
    parts: tuple[Section, ...] = provenance(make_evidence(**overrides))  # type: ignore[arg-type]
    part = next(part for part in parts if part.title == title)
    return {fact.label: f"{fact.value} ({fact.note})" for fact in part.facts}


def test_model_that_can_run_code_says_so() -> None:
    assert "can run code" not in told("Model")["format"]
    risky = make_model(format="torchscript", contains_code=True)
    assert told("Model", model=risky)["format"] == "torchscript (can run code; consent given)"


def test_normalisation_tells_how_it_came_to_be_known() -> None:
    assert told("Model")["normalisation"] == "none (after the noise; stored in the file)"
    assumed = make_model(normalization_origin="default")
    assert "assumed" in told("Model", model=assumed)["normalisation"]


def test_adaptation_is_never_silent() -> None:
    assert "nothing resized" in told("Input")["fitted to the model"]
    resized = make_input(adaptation="resized from 640 x 480 to 8 x 8")
    assert "640 x 480" in told("Input", input=resized)["fitted to the model"]


def test_notes_of_model_and_input_are_told() -> None:
    evidence = make_evidence(
        model=make_model(notes=("The normalisation is not in the file.",)),
        input=make_input(notes=("Transparency was put on white.",)),
    )
    told = {part.title: part.sentences for part in provenance(evidence)}
    assert told["Model"] == ("The normalisation is not in the file.",)
    assert told["Input"] == ("Transparency was put on white.",)


def test_a_note_that_is_a_clause_becomes_a_sentence() -> None:
    evidence = make_evidence(input=make_input(notes=("it has no features", "")))
    (given,) = (part for part in provenance(evidence) if part.title == "Input")
    assert given.sentences == ("It has no features.", "")


def test_noise_can_be_made_again() -> None:
    noise = told("Noise")
    assert noise["key"] == "00c0ffee12345678 (from seed 0)"
    assert noise["streams"].startswith("selection 0, estimation 1")
    law = make_evidence().noise.model_copy(update={"total_variation": 2.0041e-13})
    assert "at most 2.01e-13" in told("Noise", noise=law)["distance from the law"]


def test_votes_of_all_anchors_are_not_said_to_give_the_bound_at_one() -> None:
    evidence = make_evidence(anchors=(AnchorRecord(cell=1, distance=0.1),))
    steps = " ".join(provenance(evidence)[-1].sentences)
    assert "k = 98,403" not in steps
    assert "For every block" in steps and repr(evidence.bounds.p_lower) in steps


def test_check_names_counts_and_the_bound_at_full_precision() -> None:
    evidence = make_evidence()
    assert evidence.bounds is not None
    steps = " ".join(provenance(evidence)[-1].sentences)
    assert "k = 98,403 of n = 100,000" in steps
    assert repr(evidence.bounds.p_lower) in steps


def test_blocks_and_self_test_of_the_noise_are_told() -> None:
    mean = NoiseStatistic(law="Gaussian", name="mean", value=-0.8, p_value=0.42)
    bins = NoiseStatistic(law="Gaussian", name="bins", value=81.4, freedom=63, p_value=0.12)
    test = SelfTest(stream=7, samples=1024, elements=256, statistics=(mean, bins))
    noise = make_evidence().noise.model_copy(update={"self_test": test})
    chain = ChainRecord(start="cd" * 32, block=50, head="ab" * 32, blocks=())
    told = {
        fact.label: (fact.value, fact.note)
        for section in provenance(make_evidence(noise=noise, chain=chain))
        for fact in section.facts
    }
    drawn = (
        "1,024 × 256 numbers, stream 7; before anything was counted; fails at a p-value below 1e-10"
    )
    assert told["self-test"] == ("passed", drawn)
    words = "mean z = -0.80, bins χ² = 81.4 (63)"
    assert told["self-test, Gaussian"] == ("least p-value 0.12", words)
    assert told["chain ends"][0] == "ab" * 32
    assert told["blocks"][0] == "0"


def test_a_model_s_channels_and_the_noise_of_its_training_are_told() -> None:
    def told(**changes: object) -> dict[str, tuple[str, str]]:
        model = make_evidence().model.model_copy(update=changes)
        facts = provenance(make_evidence(model=model))[0].facts
        return {fact.label: (fact.value, fact.note) for fact in facts}

    taught = {"key": "ablation", "entities": 64, "keep": 12}
    facts = told(encoding="complement", input_shape=(2, 8, 8), training_scheme=taught)
    assert facts["takes"] == (
        "2 × 8 × 8 (channels × height × width)",
        "x and 1 - x, both 0 where a pixel was taken away",
    )
    assert facts["trained with noise"][0] == "ablation: 12 of 64 pixels kept, all others taken away"
    assert told(training_scheme={"key": "later"})["trained with noise"][0] == "not known here"
    assert told(training_sigma=0.5)["trained with noise"][0] == "sigma 0.5"
    assert told(training_sigma=None)["trained with noise"][0] == "not known"


def test_one_thread_is_one_and_values_are_not_called_pixels() -> None:
    timing = make_evidence().performance.model_copy(update={"threads": 1})
    assert told("Software and machine", performance=timing)["device"].startswith(
        "cpu (cpu), 1 thread ("
    )
    assert "sha256 of the pixels" in told("Input")
    assert "sha256 of the values" in told("Input", input=make_input(kind="table"))
    assert "sha256 of the words" in told("Input", input=make_input(kind="text"))


def test_a_prediction_has_no_second_phase_to_compare() -> None:
    steps = provenance(make_predicted())[-1].sentences
    assert "Run the command line again and compare the votes." in steps


def test_the_time_step_of_a_denoiser_is_told() -> None:
    part = PartIdentity(role="denoiser", name="unet", sha256="ab" * 32, time_step=1158)
    own = PartIdentity(role="classifier", name="digits-cnn", sha256="cd" * 32)
    facts = provenance(make_evidence(model=make_model(parts=(own, part))))[0].facts
    notes = {fact.label: fact.note for fact in facts}
    assert notes["sha256 of the denoiser"] == "unet, at time step 1,158"
    assert notes["sha256"] == "of classifier and denoiser together"


def test_what_is_read_of_a_text_is_said_in_words() -> None:
    text = make_input(adaptation="54 tokens of an alphabet of 525")
    assert told("Input", input=text)["fitted to the model"].startswith(
        "the text is read as 54 words or parts of words, out of the 525 that the model knows"
    )
