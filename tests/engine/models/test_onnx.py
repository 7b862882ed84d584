"""The golden files were written by skl2onnx 1.20 from scikit-learn 1.9 (see golden/pumps.json)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings, Execution
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.onnx import OnnxTableClassifier
from engine.procedures.certify import certify
from engine.procedures.run import Run
from engine.schemes import parse_scheme
from tests.fakes import finish
from tests.hostile.onnx import MATRIX, field, linear, model, node, value_info, weight


def load(path, content: bytes, **changes: object):
    path.write_bytes(content)
    return load_model(ModelRequest(str(path), **changes))


@pytest.mark.walk
@pytest.mark.parametrize("batch", ["n", 1, 4])
def test_any_batch_size_gives_the_matrix_product(tmp_path, batch):
    classifier = load(tmp_path / "m.onnx", linear([batch, 3, 4, 4]))
    assert classifier.identity.input_shape == (3, 4, 4)
    assert classifier.identity.format == "onnx"
    assert len(classifier.identity.class_names) == 5
    classifier.prepare(torch.device("cpu"), "fp32")
    x = torch.rand(6, 3, 4, 4)
    expected = x.flatten(1) @ torch.from_numpy(MATRIX)
    torch.testing.assert_close(classifier.scores(x), expected, rtol=1e-5, atol=1e-5)
    assert not classifier.differentiable


@pytest.mark.walk
@pytest.mark.parametrize("sizes", [(8, 2), ("h", "w")])
def test_channels_may_stand_last(tmp_path, sizes):
    path = tmp_path / "m.onnx"
    classifier = load(path, linear(["n", *sizes, 3]), arch="@3x8x2", normalize="mean=0.1,0.2,0.3")
    assert classifier.identity.input_shape == (3, 8, 2)
    assert "It takes height, width, channels, as its input's sizes show." in (
        classifier.identity.notes
    )
    x = torch.rand(6, 3, 8, 2)
    moved = (x - torch.tensor([0.1, 0.2, 0.3])[:, None, None]).permute(0, 2, 3, 1)
    expected = moved.flatten(1) @ torch.from_numpy(MATRIX)
    torch.testing.assert_close(classifier.scores(x), expected, rtol=1e-5, atol=1e-5)


def test_where_channels_could_stand_first_they_do(tmp_path):
    classifier = load(tmp_path / "m.onnx", linear(["n", 1, 16, 3]))
    x = torch.rand(2, 1, 16, 3)
    expected = x.flatten(1) @ torch.from_numpy(MATRIX)
    torch.testing.assert_close(classifier.scores(x), expected, rtol=1e-5, atol=1e-5)


def test_a_normalisation_goes_before_the_graph(tmp_path):
    classifier = load(tmp_path / "m.onnx", linear(["n", 3, 4, 4]), normalize="half")
    assert classifier.identity.normalization_origin == "given"
    x = torch.rand(2, 3, 4, 4)
    expected = (x * 2 - 1).flatten(1) @ torch.from_numpy(MATRIX)
    torch.testing.assert_close(classifier.scores(x), expected, rtol=1e-5, atol=1e-5)


def test_only_float32(tmp_path):
    classifier = load(tmp_path / "m.onnx", linear(["n", 3, 4, 4]))
    with pytest.raises(UserError, match="Precision bf16 does not work for an ONNX file"):
        classifier.prepare(torch.device("cpu"), "bf16")


def test_a_truncated_file_is_refused(tmp_path):
    whole = linear(["n", 3, 4, 4])
    with pytest.raises(UserError, match=r"m\.onnx is a damaged or truncated ONNX file"):
        load(tmp_path / "m.onnx", whole[: len(whole) // 2])


def test_weights_in_another_file_are_refused(tmp_path):
    (tmp_path / "weights.bin").write_bytes(MATRIX.tobytes())
    (tmp_path / "inner").mkdir()
    for location, sentence in (
        ("weights.bin", r"keeps its weights in weights\.bin, which is not beside it"),
        ("../weights.bin", "outside its own folder, which is not read"),
    ):
        with pytest.raises(UserError, match=sentence):
            load(tmp_path / "inner" / "m.onnx", linear(["n", 3, 4, 4], external=location))
    if sys.platform != "win32":
        (tmp_path / "inner" / "weights.bin").symlink_to(tmp_path / "weights.bin")
        with pytest.raises(UserError, match="outside its own folder"):
            load(tmp_path / "inner" / "m.onnx", linear(["n", 3, 4, 4], external="weights.bin"))


def test_unknown_operators_are_refused(tmp_path):
    with pytest.raises(UserError, match="uses operators that onnxruntime does not know"):
        load(tmp_path / "m.onnx", linear(["n", 3, 4, 4], operator="Mystery"))


@pytest.mark.walk
@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        (["n", 8, 1, 6], "takes 8x1x6 images; only images with 1 or 3 channels"),
        (["n", "h", "w", 3], "does not fix the size of its image; name it with --arch @3x224x224"),
        (["n", 6, 8], "takes tensor.float. of 3 dimensions"),
        (["n", 3, "h", "w"], "does not fix the size of its image; name it with --arch @3x224x224"),
        (["n", 3, 5, 5], r"m\.onnx cannot be opened by onnxruntime: Node"),
    ],
)
def test_other_inputs_are_refused(tmp_path, shape, sentence):
    with pytest.raises(UserError, match=sentence):
        load(tmp_path / "m.onnx", linear(shape))


def test_a_free_size_can_be_named(tmp_path):
    classifier = load(tmp_path / "m.onnx", linear(["n", 3, "h", "w"]), arch="@3x4x4")
    assert classifier.identity.input_shape == (3, 4, 4)
    with pytest.raises(UserError, match="does not run on a 3x5x5 image"):
        load(tmp_path / "m.onnx", linear(["n", 3, "h", "w"]), arch="@3x5x5")


def test_two_inputs_or_no_row_of_scores_are_refused(tmp_path):
    image = [1, 3, 4, 4]
    two = model(
        [node("Add", ["x", "z"], "y")],
        [],
        [value_info("x", image), value_info("z", image)],
        [value_info("y", image)],
    )
    with pytest.raises(UserError, match="has 2 inputs; only models with one image"):
        load(tmp_path / "m.onnx", two)
    same = model([node("Relu", ["x"], "y")], [], [value_info("x", image)], [value_info("y", image)])
    with pytest.raises(UserError, match="is not an image classifier: it returns 1 x 3 x 4 x 4"):
        load(tmp_path / "m.onnx", same)


def test_an_image_and_its_indicator(tmp_path):
    two = linear(["n", 2, 4, 6])
    with pytest.raises(UserError, match="takes 2 channels: a grey image with an indicator"):
        load(tmp_path / "m.onnx", two)
    classifier = load(tmp_path / "m.onnx", two, encoding="indicator", normalize="half")
    assert classifier.identity.encoding == "indicator"
    x = torch.rand(2, 2, 4, 6)
    seen = torch.stack([x[:, 0] * 2 - 1, x[:, 1]], 1)
    expected = seen.flatten(1) @ torch.from_numpy(MATRIX)
    torch.testing.assert_close(classifier.scores(x), expected, rtol=1e-5, atol=1e-5)


GOLDEN = Path(__file__).parents[2] / "golden"
CPU = torch.device("cpu")


@pytest.fixture
def pumps(tmp_path: Path) -> tuple[str, list[float], list[float]]:
    """Rows as a CSV file, and what scikit-learn says of them."""
    facts = json.loads((GOLDEN / "pumps.json").read_text())
    path = tmp_path / "pumps.csv"
    path.write_text(facts["csv"])
    return str(path), facts["columns"], facts["matrix"]


def opened(name: str) -> OnnxTableClassifier:
    classifier = load_model(ModelRequest(str(GOLDEN / name)))
    assert isinstance(classifier, OnnxTableClassifier)
    return classifier


def probabilities(
    classifier: OnnxTableClassifier, path: str, rows: int, more: str = ""
) -> list[float]:
    found = []
    for row in range(rows):
        given = fitted(classifier, load_input(f"{path}:{row}{more}"))
        bound = classifier.bound_to(given)
        bound.prepare(CPU, "fp32")
        batch = tuple(torch.from_numpy(part)[None] for part in given.arrays)
        found.append(float(bound.scores(batch)[0, 1]))
    return found


def test_columns_get_scikit_learn_s_probabilities(pumps: tuple[str, list[float], list[float]]):
    path, expected, _ = pumps
    found = probabilities(opened("pumps.onnx"), path, len(expected))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_matrix_too(pumps: tuple[str, list[float], list[float]], tmp_path: Path):
    path, _, expected = pumps
    codes = json.loads((GOLDEN / "pumps.json").read_text())["codes"]
    text = Path(path).read_text()
    header, *lines = text.splitlines()
    coded = [
        ",".join(str(codes.get(cell, cell)) for cell in line.split(",")[:-1]) for line in lines
    ]
    numbered = tmp_path / "numbered.csv"
    numbered.write_text("\n".join([header.rpartition(",")[0], *coded]))
    matrix = opened("pumps_matrix.onnx")
    found = probabilities(matrix, str(numbered), len(expected), "?columns=all")
    np.testing.assert_allclose(found, expected, atol=1e-5)
    with pytest.raises(UserError, match="takes numbers in the column 'sound', but the table has"):
        probabilities(matrix, path, 1, "?columns=all")


def test_noise_runs(pumps: tuple[str, list[float], list[float]]):
    classifier = opened("pumps.onnx")
    given = fitted(classifier, load_input(f"{pumps[0]}:0"))
    arities = ",".join(map(str, given.identity.alphabet))
    noise = {"key": "hybrid-uniform", "sigma": 0.3, "beta": 0.2, "arities": arities}
    settings = CertifySettings(scheme=parse_scheme(noise), n0=10, n=40, seed=1)
    votes = list(Run(classifier, given, settings).sampler.votes(0, 40))[-1]  # type: ignore[arg-type]
    assert votes.n == 40 and votes.failures == 0


def test_a_row_is_needed_and_float32(pumps: tuple[str, list[float], list[float]]):
    classifier = opened("pumps.onnx")
    with pytest.raises(UserError, match="needs to know its table; name a row first"):
        classifier.scores((torch.zeros(1, 5), torch.zeros(1, 5, dtype=torch.int64)))
    with pytest.raises(UserError, match="Precision bf16 does not work for an ONNX file"):
        classifier.prepare(CPU, "bf16")
    model = load_model(ModelRequest("demo:digits-0.25"))
    with pytest.raises(UserError, match=r"takes a row of a table, e\.g\. rows\.csv:3\.$"):
        classifier.bound_to(fitted(model, load_input("digits:7")))


def test_other_tables_are_refused(tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_text("age,job\n20,a\n30.5,b\n")
    with pytest.raises(UserError, match="has no column 'temperature', which the model reads"):
        fitted(opened("pumps.onnx"), load_input(f"{path}:0"))
    matrix = opened("pumps_matrix.onnx")
    with pytest.raises(UserError, match="takes 10 columns, the table has 2; give the table"):
        matrix.bound_to(fitted(matrix, load_input(f"{path}:0?columns=all")))


CASES = Path(__file__).parents[2] / "cases" / "field" / "csv"
"""Made for this project."""


def test_columns_in_another_order_are_no_other_input(tmp_path: Path):
    classifier = opened(str(CASES / "nozip.onnx"))
    kinds = "?types=dark:categorical"
    with pytest.raises(UserError) as error:
        fitted(classifier, load_input(f"{CASES / 'wine_order.csv'}:3{kinds}"))
    assert str(error.value) == (
        "The model 'nozip.onnx' does not name its columns, and in another order a row is another "
        "input; name them in its order after the row, as in "
        "?columns=dark,proline,flavanoids,alcohol, or write ?columns=all if the table has them in "
        "that order."
    )
    named = f"{kinds}?columns=alcohol,flavanoids,proline,dark"
    specs = (f"wine.csv:3{kinds}?columns=all", f"wine.csv:3{named}", f"wine_order.csv:3{named}")
    given = [fitted(classifier, load_input(str(CASES / spec))) for spec in specs]
    assert len({one.identity.pixels_sha256 for one in given}) == 1
    assert (
        "it is given, as asked, in this order: alcohol, flavanoids" in given[0].identity.notes[-1]
    )
    scores = probabilities(classifier, str(CASES / "wine.csv"), 4, f"{kinds}?columns=all")
    assert scores == probabilities(classifier, str(CASES / "wine_order.csv"), 4, named)
    for columns, why in (
        ("alcohol,alcohol", "'alcohol' is named twice"),
        ("x", "'x' is no column"),
    ):
        with pytest.raises(UserError, match=why):
            load_input(f"{CASES / 'wine.csv'}:3?columns={columns}")
    stated = tmp_path / "named.onnx"
    entry = field(1, "feature_names") + field(2, '["alcohol", "flavanoids", "proline", "dark"]')
    stated.write_bytes((CASES / "nozip.onnx").read_bytes() + field(14, entry))
    own = opened(str(stated))
    for file in ("wine.csv", "wine_order.csv"):
        found = fitted(own, load_input(f"{CASES / file}:3{kinds}"))
        assert found.identity.pixels_sha256 == given[0].identity.pixels_sha256


def test_words_where_the_table_has_numbers(
    pumps: tuple[str, list[float], list[float]], tmp_path: Path
):
    path = tmp_path / "t.csv"
    lines = [line.split(",") for line in Path(pumps[0]).read_text().splitlines()]
    place = lines[0].index("oil")
    for index, cells in enumerate(lines[1:]):
        cells[place] = f"{index}.5"
    path.write_text("\n".join(",".join(cells) for cells in lines))
    classifier = opened("pumps.onnx")
    with pytest.raises(UserError, match=r"takes words in the column 'oil'; call it categorical"):
        classifier.bound_to(fitted(classifier, load_input(f"{path}:0")))


def test_a_single_score_is_no_classifier(tmp_path: Path):
    path = tmp_path / "m.onnx"
    inputs, out = [value_info("x", ["n", 1])], [value_info("y", ["n", 1])]
    path.write_bytes(model([node("Identity", ["x"], "y")], [], inputs, out))
    with pytest.raises(
        UserError, match="is not a classifier: it gives a single score for each row"
    ):
        load_model(ModelRequest(str(path)))


IMAGES = CASES.parent / "onnx"


def test_one_image_a_call_is_said_and_gives_the_same_scores():
    classifier = load_model(ModelRequest(str(IMAGES / "batch_baked.onnx")))
    assert classifier.identity.notes[-1] == (
        "It was exported for one image a call, so every sample is a call of its own; it would be "
        "faster with a dynamic batch size."
    )
    classifier.prepare(CPU, "fp32")
    x = torch.rand(5, *classifier.identity.input_shape)
    alone = torch.cat([classifier.scores(one[None]) for one in x])
    torch.testing.assert_close(classifier.scores(x), alone, rtol=0, atol=0)
    given = fitted(classifier, load_input(str(CASES.parent / "folders" / "mixed" / "a.png")))
    settings = CertifySettings(n0=10, n=40, seed=1)
    evidence = finish(certify(classifier, given, settings, execution=Execution(device="cpu")))
    assert evidence.performance.samples_per_second > 0


def test_scores_that_are_nan_are_counted_and_named():
    classifier = load_model(ModelRequest(str(IMAGES / "nan_out.onnx")))
    given = fitted(classifier, load_input(str(CASES.parent / "folders" / "mixed" / "a.png")))
    settings = CertifySettings(n0=10, n=50, seed=1)
    evidence = finish(certify(classifier, given, settings, execution=Execution(device="cpu")))
    assert evidence.votes.estimation_failures == 50 and evidence.predicted_class is None
    assert (
        "50 of 50 scores were NaN or infinite, or no answer came: look at the model's weights and "
        "normalisation, for more samples will not help." in evidence.statement
    )


@pytest.mark.thorough
def test_pixels_of_0_to_255_are_thought_of():
    path = str(IMAGES / "range255.onnx")
    plain = load_model(ModelRequest(path))
    assert plain.identity.notes[-1].startswith("Its scores hardly change between a black image, a")
    assert plain.identity.notes[-1].endswith("pixels of 0 to 255 (--normalize scale=255).")
    scaled = load_model(ModelRequest(path, normalize="scale=255"))
    assert not any("hardly" in note for note in scaled.identity.notes)
    for classifier in (plain, scaled):
        classifier.prepare(CPU, "fp32")
    x = torch.rand(3, 3, 32, 32)
    torch.testing.assert_close(scaled.scores(x), plain.scores(255 * x), rtol=1e-4, atol=1e-4)
    lively = load_model(ModelRequest(str(IMAGES / "batch_baked.onnx")))
    assert not any("hardly" in note for note in lively.identity.notes)


@pytest.mark.thorough
def test_scores_of_labels_that_may_hold_at_once_are_thought_of(tmp_path: Path):
    nodes = [node("Flatten", ["x"], "flat"), node("MatMul", ["flat", "w"], "raw")]
    shape = ["n", 3, 4, 4]
    for last, said in (("Sigmoid", True), ("Softmax", False)):
        graph = [*nodes, node(last, ["raw"], "y")]
        inputs, out = [value_info("x", shape)], [value_info("y", ["n", 5])]
        classifier = load(tmp_path / "m.onnx", model(graph, [weight("w", MATRIX)], inputs, out))
        assert any("labels that may hold at once" in n for n in classifier.identity.notes) is said
    one = load(tmp_path / "m.onnx", linear(shape), output="3", threshold=0.5)
    assert not any("at once" in note for note in one.identity.notes)
