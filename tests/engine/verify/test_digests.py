from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.core.files import sha256_file
from engine.core.records import Fitting
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, Execution
from engine.inputs import fit, load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.pretrained_files import SEEING, folder_digest
from engine.procedures.certify import certify
from engine.schemes import Gaussian, Laplace, NestedTranslation, Scheme, Uniform, UniformL1
from engine.verify import digests
from engine.verify.counts import Recount, check_counts
from engine.verify.digests import check_input, check_model, located, model_digest, not_looked_up
from engine.verify.report import Claim
from tests.factories import make_evidence
from tests.fakes import finish
from tests.pretrained import save_text
from tests.schemes import Blurred


def model_claim(*given: Any) -> Claim:
    """What does not hold, or else the first claim."""
    return _worst(list(check_model(*given)))


def input_claim(*given: Any) -> Claim:
    return _worst(list(check_input(*given)))


def _worst(claims: list[Claim]) -> Claim:
    return next((claim for claim in claims if claim.verdict != "holds"), claims[0])


def with_model(evidence: Evidence, **changes: object) -> Evidence:
    model = evidence.model.model_copy(update=changes)
    return evidence.model_copy(update={"model": model})


def test_shipped_model_and_digit_are_found_anywhere(certified: Evidence, tmp_path: Path) -> None:
    assert model_claim(certified, "", tmp_path).verdict == "holds"
    assert input_claim(certified, "", tmp_path).verdict == "holds"


def test_files_are_found_beside_the_report_and_compared(
    certified: Evidence, tmp_path: Path
) -> None:
    file = tmp_path / "net.onnx"
    file.write_bytes(b"weights")
    moved = with_model(certified, source="elsewhere/net.onnx", sha256=sha256_file(file))
    assert model_claim(moved, "", tmp_path).verdict == "holds"
    file.write_bytes(b"other weights")
    changed = model_claim(moved, "", tmp_path)
    assert changed.verdict == "does not hold"
    assert "the evidence names" in changed.detail


def test_what_is_not_here_cannot_be_checked(certified: Evidence, tmp_path: Path) -> None:
    claim = model_claim(with_model(certified, source="gone.onnx"), "", tmp_path)
    assert claim.line().startswith("model file: cannot be checked because gone.onnx is not here")
    image = certified.input.model_copy(update={"source": "gone.png"})
    claim = input_claim(certified.model_copy(update={"input": image}), "", tmp_path)
    assert claim.verdict == "cannot be checked"


def test_the_form_of_an_input_is_compared_too(certified: Evidence, tmp_path: Path) -> None:
    """Of a text of any length nothing else tells how long it was."""
    for changes in ({"shape": (1, 28, 29)}, {"alphabet": (5,)}, {"more_shapes": ((3,),)}):
        forged = certified.input.model_copy(update=changes)
        claim = input_claim(certified.model_copy(update={"input": forged}), "", tmp_path)
        (name,) = changes
        assert claim.verdict == "does not hold" and name.replace("_", " ") in claim.detail


def test_adaptation_and_label_are_compared_with_the_file(
    certified: Evidence, tmp_path: Path
) -> None:
    image = tmp_path / "small.png"
    Image.fromarray(np.full((4, 4), 90, dtype=np.uint8)).save(image)
    classifier = load_model(ModelRequest("demo:digits-0.25"))
    run = certify(
        classifier,
        fitted(classifier, load_input(str(image))),
        CertifySettings(n=100, n0=20),
        execution=Execution(device="cpu"),
    )
    resized = finish(run)
    assert "resized 4x4 -> 8x8" in resized.input.adaptation and resized.input.label is None
    claims = list(check_input(resized, "", tmp_path))
    assert [claim.verdict for claim in claims] == ["holds", "holds", "holds"]
    for changes, name, wrong in (
        ({"adaptation": ""}, "input as the model takes it", "and nothing is stated"),
        (
            {"fitting": Fitting(source=(1, 4, 4), levels=255)},
            "input as the model takes it",
            "fitting",
        ),
        (
            {"label": 3, "label_name": "3"},
            "label of the input",
            "its source names none, the evidence '3'",
        ),
    ):
        forged = resized.model_copy(update={"input": resized.input.model_copy(update=changes)})
        claim = input_claim(forged, "", tmp_path)
        assert (claim.name, claim.verdict) == (name, "does not hold") and wrong in claim.detail
    before = resized.input.model_copy(update={"fitting": None})  # written before it was recorded
    claims = list(check_input(resized.model_copy(update={"input": before}), "", tmp_path))
    assert [claim.verdict for claim in claims] == ["holds", "holds", "holds"]
    invented = certified.input.model_copy(update={"label": 3, "label_name": "3"})
    claim = input_claim(certified.model_copy(update={"input": invented}), "", tmp_path)
    assert claim.name == "label of the input" and claim.verdict == "does not hold"
    assert claim.detail == f"its source names '{certified.input.label}', the evidence '3'"


def test_labels_that_were_taken_by_order_hold_as_such(certified: Evidence, tmp_path: Path) -> None:
    """Earlier versions numbered folders whose names are no classes, and said so."""
    for name in ("nine", "seven"):
        (tmp_path / name).mkdir()
        Image.fromarray(np.full((8, 8), len(name), np.uint8)).save(tmp_path / name / "a.png")
    spec = f"{tmp_path}//seven/a.png"
    identity = fit(load_input(spec), certified.model).identity
    assert identity.label is None
    said = "its label 'seven' is taken for class 1 ('1') by number"
    for label, notes, verdict in (
        (1, (said,), "holds"),
        (1, (), "does not hold"),
        (2, (said,), "does not hold"),
    ):
        old = identity.model_copy(update={"label": label, "label_name": "seven", "notes": notes})
        evidence = certified.model_copy(update={"input": old})
        assert input_claim(evidence, "", tmp_path).verdict == verdict


def test_an_image_of_a_set_is_named_as_a_path(certified: Evidence, tmp_path: Path) -> None:
    """Two slashes mark where the set begins, which no reader has to know."""
    (tmp_path / "seven").mkdir()
    Image.fromarray(np.full((8, 8), 5, np.uint8)).save(tmp_path / "seven" / "a.png")
    identity = fit(load_input(f"{tmp_path}//seven/a.png"), certified.model).identity
    evidence = certified.model_copy(update={"input": identity})
    others = (
        identity.model_copy(update={"sha256": "0" * 64}),
        identity.model_copy(update={"shape": (1, 9, 9)}),
    )
    changed = [certified.model_copy(update={"input": other}) for other in others]
    for one in (evidence, *changed):
        details = [claim.detail for claim in check_input(one, "", tmp_path)]
        assert any(f"{tmp_path}/seven/a.png" in detail for detail in details)
        assert not any("//" in detail for detail in details)


def test_columns_that_were_taken_in_order_are_found_again(
    certified: Evidence, tmp_path: Path
) -> None:
    """Earlier versions did not ask for the order, and said so."""
    cases = Path(__file__).parents[2] / "cases" / "field" / "csv"
    classifier = load_model(ModelRequest(str(cases / "nozip.onnx")))
    spec = f"{cases / 'wine.csv'}:3?types=dark:categorical"
    given = fitted(classifier, load_input(f"{spec}?columns=all")).identity
    before = "the model names no columns; they are taken in the table's order: alcohol"
    for notes, verdict in (((before,), "holds"), ((), "cannot be checked")):
        old = given.model_copy(update={"source": spec, "notes": notes})
        changes = {"input": old, "model": classifier.identity}
        assert input_claim(certified.model_copy(update=changes), "", tmp_path).verdict == verdict


def test_another_input_is_noticed(certified: Evidence, tmp_path: Path) -> None:
    assert input_claim(certified, "digits:18", tmp_path).verdict == "does not hold"
    image = tmp_path / "other.png"
    Image.fromarray(np.zeros((8, 8), dtype=np.uint8)).save(image)
    assert input_claim(certified, str(image), tmp_path).verdict == "does not hold"


def test_a_report_starts_no_download_and_reads_no_device(
    certified: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def load(spec: str) -> None:
        asked.append(spec)
        raise digests.UserError("stop.")

    monkeypatch.setattr(digests, "load_input", load)
    image = certified.input.model_copy(update={"source": "torchvision:MNIST:test:0?download"})
    input_claim(certified.model_copy(update={"input": image}), "", tmp_path)
    assert asked == ["torchvision:MNIST:test:0"]
    assert located("/dev/zero", tmp_path) is None


def test_a_folders_digest_is_that_of_the_loader(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"x")
    found = folder_digest(tmp_path, SEEING)
    (tmp_path / "README.md").write_text("not counted")
    assert model_digest(str(tmp_path), tmp_path) == found


@pytest.mark.thorough
def test_texts_and_rows_are_read_without_torch():
    code = (
        "import sys\n"
        "from engine.inputs import fit, load_input\n"
        "from engine.models.codings import coding_of\n"
        "from engine.verify import digests\n"
        "from tests.factories import make_model\n"
        "for kind, shape in (('pair', (3, 32, 32)), ('table', (5,))):\n"
        "    name = {'pair': 'filter', 'table': 'mixed'}[kind]\n"
        "    model = make_model(('a', 'b'), kind=kind, input_shape=shape)\n"
        "    fitted = fit(load_input(f'{name}:3'), model, coding_of(f'demo:{name}'))\n"
        "    print(fitted.identity.alphabet)\n"
        "print('torch' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:3] == ["(72,)", "(3, 3, 3, 3, 3)", "False"]


@pytest.mark.parametrize("spec", ["filter:3", "mixed:5"])
def test_a_text_or_a_row_is_found_again_by_its_model(spec: str, tmp_path: Path):
    model = load_model(ModelRequest(f"demo:{spec.partition(':')[0]}"))
    given = fitted(model, load_input(spec)).identity
    evidence = make_evidence(model=model.identity, input=given)
    claim = input_claim(evidence, "", tmp_path)
    assert claim.verdict == "holds"
    other = input_claim(evidence, spec.partition(":")[0] + ":4", tmp_path)
    assert other.verdict == "does not hold"


def test_a_text_needs_its_model(tmp_path: Path):
    model = load_model(ModelRequest("demo:filter"))
    given = fitted(model, load_input("filter:3")).identity
    gone = model.identity.model_copy(update={"source": "gone.safetensors"})
    evidence = make_evidence(model=gone, input=given)
    claim = input_claim(evidence, "", tmp_path)
    assert claim.verdict == "cannot be checked" and "gone.safetensors" in claim.detail
    assert input_claim(evidence, "", tmp_path, "demo:filter").verdict == "holds"


def test_a_folder_s_tokenizer_belongs_to_its_digest(tmp_path: Path):
    save_text(tmp_path, "bert")
    model = load_model(ModelRequest(str(tmp_path))).identity
    evidence = make_evidence(model=model)
    assert model_claim(evidence, "", tmp_path).verdict == "holds"
    with (tmp_path / "tokenizer_config.json").open("a") as file:
        file.write("\n")
    assert model_claim(evidence, "", tmp_path).verdict == "does not hold"


def test_what_a_scheme_draws_from_its_input_is_recorded_and_drawn_again(tmp_path: Path):
    settings = CertifySettings(scheme=Blurred(), n0=20, n=600)
    classifier = load_model(ModelRequest("demo:digits-0.25"))
    given = fitted(classifier, load_input("digits:17"))
    found = finish(certify(classifier, given, settings, execution=Execution(device="cpu")))
    plain = Gaussian().region(found.bounds)
    assert found.facts == {"error": pytest.approx(given.pixels.mean() / 100)}
    assert found.radius == plain.radius - found.facts["error"]
    assert all(claim.verdict == "holds" for claim in check_counts(Recount(found)))
    assert input_claim(found, "", tmp_path).verdict == "holds"
    bolder = found.model_copy(update={"facts": {"error": 0.0}})
    assert any(claim.verdict == "does not hold" for claim in check_counts(Recount(bolder)))
    claim = input_claim(bolder, "", tmp_path)
    assert claim.verdict == "does not hold" and "that the scheme draws from it" in claim.detail


def test_what_follows_from_an_input_that_is_not_read_cannot_be_checked() -> None:
    found = make_evidence()
    assert not list(not_looked_up(found))
    settings = found.settings.model_copy(update={"scheme": NestedTranslation()})
    nested = found.model_copy(update={"settings": settings, "facts": {"interpolation_error": 0.1}})
    (claim,) = not_looked_up(nested)
    assert claim.verdict == "cannot be checked"
    known = found.settings.model_copy(update={"scheme": Uniform()})
    assert not list(
        not_looked_up(found.model_copy(update={"settings": known, "facts": {"dimension": 64.0}}))
    )


@pytest.mark.parametrize(
    ("scheme", "open_"),
    [
        (UniformL1(lam=1.0, box=True), True),
        (NestedTranslation(), True),
        (Laplace(norm="linf", lam=0.2), False),
    ],
)
def test_facts_of_the_pixels_are_open_where_the_input_is_not_read(
    certified: Evidence, scheme: Scheme, *, open_: bool
) -> None:
    settings = certified.settings.model_copy(update={"scheme": scheme})
    bounded = certified.model_copy(update={"settings": settings, "facts": {"some": 1.0}})
    assert bool(list(not_looked_up(bounded))) is open_
