from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.inputs import load_input
from engine.inputs.coding import WordTokenizer
from engine.models import ModelRequest, fitted, load_model
from engine.models.outputs import OutputsClassifier
from engine.models.token_classifier import PairNetwork, TableNetwork, TextNetwork, TokenClassifier


def test_masks_and_order_of_words_of_a_text_do_not_count():
    torch.manual_seed(0)
    network = TextNetwork(10, 3).eval()
    with torch.no_grad():
        plain = network(torch.tensor([[3, 7]]))
        more = network(torch.tensor([[10, 7, 10, 3]]))
        other = network(torch.tensor([[3, 8]]))
    assert plain.shape == (1, 3)
    torch.testing.assert_close(plain, more)
    assert not torch.allclose(plain, other)


def test_the_mask_of_a_text_learns_nothing():
    network = TextNetwork(10, 2)
    torch.autograd.backward(network(torch.full((4, 5), 10)).sum())
    assert network.words.weight.grad is not None
    assert not network.words.weight.grad[10].any()


def test_masks_and_order_of_words_beside_an_image_do_not_count():
    torch.manual_seed(0)
    network, images = PairNetwork(10, 2).eval(), torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        plain = network(images, torch.tensor([[3, 7]]))
        more = network(images, torch.tensor([[10, 7, 10, 3]]))
        other = network(images, torch.tensor([[3, 8]]))
    torch.testing.assert_close(plain, more)
    assert not torch.allclose(plain, other)


def test_the_mask_beside_an_image_learns_nothing():
    network = PairNetwork(10, 2)
    torch.autograd.backward(network(torch.rand(4, 3, 32, 32), torch.full((4, 5), 10)).sum())
    assert network.words.weight.grad is not None
    assert not network.words.weight.grad[10].any()


def test_codes_count_as_zeros_and_ones():
    torch.manual_seed(0)
    network = TableNetwork(2, (3, 2), 2, hidden=8).eval()
    numbers, codes = torch.tensor([[0.5, -1.0]]), torch.tensor([[2, 0]])
    row = torch.tensor([[0.5, -1.0, 0.0, 0.0, 1.0, 1.0, 0.0]])
    with torch.no_grad():
        inner = torch.relu(network.second(torch.relu(network.first(row))))
        torch.testing.assert_close(network(numbers, codes), network.last(inner))


CPU = torch.device("cpu")


def opened(path: Path) -> TokenClassifier:
    classifier = load_model(ModelRequest(str(path)))
    assert isinstance(classifier, TokenClassifier)
    return classifier


class Sum(nn.Module):
    """Scores w * (sum of the numbers) + sum of the codes, and their negative."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(2.0))

    def forward(self, numbers: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
        total = self.weight * numbers.sum(1) + codes.sum(1)
        return torch.stack((total, -total), 1)


def classifier() -> TokenClassifier:
    identity = ModelIdentity(
        name="sum",
        source="made here",
        format="safetensors",
        sha256="0" * 64,
        architecture="sum",
        class_names=("positive", "negative"),
        input_shape=(2,),
        kind="table",
    )
    return TokenClassifier(Sum(), WordTokenizer(("a", "b")), identity)


def test_only_the_first_part_is_cast() -> None:
    model = classifier()
    model.prepare(CPU, "bf16")
    seen: list[torch.dtype] = []
    model._ready.register_forward_pre_hook(lambda _, parts: seen.extend(p.dtype for p in parts))
    batch = (torch.tensor([[1 + 2**-10, 0.0]]), torch.tensor([[300, 1]]))
    assert model.scores(batch).dtype == torch.float32
    assert seen == [torch.bfloat16, torch.int64]
    model.prepare(CPU, "fp32")
    assert model.scores(batch)[0, 0].item() == pytest.approx(303 + 2**-9)


def test_unloading_keeps_what_was_loaded() -> None:
    model = classifier()
    model.prepare(CPU, "bf16")
    model.unload()
    assert next(model.network.parameters()).dtype == torch.float32
    assert model.coding.words([1])[0] == "b" and model.differentiable


def test_a_precision_that_the_device_lacks_is_refused() -> None:
    with pytest.raises(UserError, match="fp16 does not work on the CPU"):
        classifier().prepare(CPU, "fp16")


TEXT_WORDS = ("where", "is", "my", "parcel")


def network_text() -> TextNetwork:
    torch.manual_seed(0)
    return TextNetwork(4, 2, words=6, features=8)


def saved_text(path: Path, **header: str) -> Path:
    facts = {
        "architecture": "text_bag",
        "words": json.dumps(TEXT_WORDS),
        "classes": json.dumps(["delivery", "payment"]),
        "training_scheme": json.dumps({"key": "text-mask", "beta": 0.8, "vocabulary": 4}),
    } | header
    save_file(network_text().state_dict(), path, facts)
    return path


def test_text_a_file_of_our_own_comes_back(tmp_path: Path):
    classifier = opened(saved_text(tmp_path / "m.safetensors"))
    identity = classifier.identity
    assert identity.kind == "text" and identity.class_names == ("delivery", "payment")
    assert identity.training_sigma is None and identity.training_scheme["key"] == "text-mask"
    given = fitted(classifier, load_input("text:Where is my parcel?"))
    assert given.identity.alphabet == (4,) and given.arrays[0].tolist() == [0, 1, 2, 3]
    tokens = torch.from_numpy(given.arrays[0])[None]
    classifier.prepare(CPU, "fp32")
    torch.testing.assert_close(classifier.scores(tokens), network_text()(tokens).detach())
    classifier.prepare(CPU, "bf16")
    assert classifier.scores(tokens).dtype == torch.float32
    classifier.unload()
    assert not classifier.differentiable


def test_text_words_of_another_alphabet_are_refused(tmp_path: Path):
    classifier = opened(saved_text(tmp_path / "m.safetensors"))
    with pytest.raises(UserError, match="The word 'lorry' is not among the 4 that this model"):
        fitted(classifier, load_input("text:where is my lorry"))


@pytest.mark.parametrize("words", ["[]", '["a", "b", "c"]', '["a", "a", "b", "c"]', "x"])
def test_text_words_that_do_not_fit_are_refused(tmp_path: Path, words: str):
    path = saved_text(tmp_path / "m.safetensors", words=words)
    with pytest.raises(UserError, match="does not name the 4 words of its alphabet in its header"):
        opened(path)


def test_text_other_weights_are_refused(tmp_path: Path):
    path = tmp_path / "m.safetensors"
    facts = {"architecture": "text_bag", "words": json.dumps(TEXT_WORDS)}
    save_file({"w": torch.zeros(2)}, path, facts)
    with pytest.raises(UserError, match="holds no weights of a network over a text"):
        opened(path)
    tensors = network_text().state_dict()
    save_file({k: v for k, v in tensors.items() if k != "last.bias"}, path, facts)
    with pytest.raises(UserError, match=r"the tensor last\.bias is missing"):
        opened(path)


PAIR_WORDS = ("wash", "the", "cup", "plug")


def saved_pair(path: Path, **header: str) -> Path:
    torch.manual_seed(0)
    facts = {
        "architecture": "pair_cnn",
        "words": json.dumps(PAIR_WORDS),
        "classes": json.dumps(["safe", "unsafe"]),
        "training_scheme": json.dumps({"key": "hybrid-mask", "sigma": 0.5, "vocabulary": 4}),
    } | header
    save_file(PairNetwork(4, 2, width=4, features=8, words=6).state_dict(), path, facts)
    return path


def test_pair_a_file_of_our_own_comes_back(tmp_path: Path):
    classifier = opened(saved_pair(tmp_path / "m.safetensors"))
    identity = classifier.identity
    assert identity.kind == "pair" and identity.class_names == ("safe", "unsafe")
    assert identity.training_sigma == 0.5 and identity.training_scheme["key"] == "hybrid-mask"
    assert classifier.coding.words([0, 4])[0] == "wash"
    given = fitted(classifier, load_input("pair:digits:7|plug the cup"))
    batch = tuple(torch.from_numpy(part)[None] for part in given.arrays)
    classifier.prepare(CPU, "fp32")
    with torch.no_grad():
        torch.testing.assert_close(classifier.scores(batch), classifier.network(*batch))
    classifier.prepare(CPU, "bf16")
    assert classifier.scores(batch).dtype == torch.float32
    classifier.unload()


def test_pair_gradients_reach_the_image(tmp_path: Path):
    classifier = opened(saved_pair(tmp_path / "m.safetensors"))
    classifier.prepare(CPU, "fp32")
    pixels = torch.rand(1, 3, 32, 32, requires_grad=True)
    torch.autograd.backward(classifier.scores((pixels, torch.tensor([[0, 3]]))).sum())
    assert classifier.differentiable and pixels.grad is not None and pixels.grad.any()


@pytest.mark.parametrize("words", ["[]", '["a", "b", "c"]', '["a", "a", "b", "c"]', "x"])
def test_pair_words_that_do_not_fit_are_refused(tmp_path: Path, words: str):
    path = saved_pair(tmp_path / "m.safetensors", words=words)
    with pytest.raises(UserError, match="does not name the 4 words of its alphabet in its header"):
        opened(path)


def test_pair_other_weights_are_refused(tmp_path: Path):
    path = tmp_path / "m.safetensors"
    facts = {"architecture": "pair_cnn", "words": json.dumps(PAIR_WORDS)}
    save_file({"w": torch.zeros(2)}, path, facts)
    with pytest.raises(UserError, match="holds no weights of a network over an image and a text"):
        opened(path)
    tensors = PairNetwork(4, 2, width=4, features=8, words=6).state_dict()
    save_file({k: v for k, v in tensors.items() if k != "head.bias"}, path, facts)
    with pytest.raises(UserError, match=r"the tensor head\.bias is missing"):
        opened(path)


COLUMNS = [{"name": "age", "mean": 30, "scale": 10}, {"name": "job", "values": ["baker", "smith"]}]


def saved_table(path: Path, columns: object = COLUMNS) -> Path:
    torch.manual_seed(0)
    facts = {"architecture": "table_mlp", "columns": json.dumps(columns)}
    save_file(TableNetwork(1, (2,), 2, hidden=8).state_dict(), path, facts)
    return path


def test_table_a_file_of_our_own_comes_back(tmp_path: Path):
    rows = tmp_path / "rows.csv"
    rows.write_text("job,age\nsmith,50\n")
    classifier = opened(saved_table(tmp_path / "m.safetensors"))
    assert classifier.identity.kind == "table" and classifier.identity.input_shape == (1,)
    assert classifier.differentiable
    given = fitted(classifier, load_input(f"{rows}:0"))
    assert [part.tolist() for part in given.arrays] == [[2.0], [1]]
    batch = tuple(torch.from_numpy(part)[None] for part in given.arrays)
    classifier.prepare(torch.device("cpu"), "fp32")
    with torch.no_grad():
        torch.testing.assert_close(classifier.scores(batch), classifier.network(*batch))
    classifier.unload()


def test_table_of_numbers_alone_may_answer_with_one_number(tmp_path: Path):
    path = tmp_path / "m.safetensors"
    facts = {"architecture": "table_mlp", "columns": json.dumps(COLUMNS[:1])}
    save_file(TableNetwork(1, (), 1, hidden=8).state_dict(), path, facts)
    with pytest.raises(UserError, match="holds no weights of a network over rows of a table"):
        opened(path)
    found = load_model(ModelRequest(str(path), output="numbers", tolerance=1.0))
    assert isinstance(found, OutputsClassifier) and found.outputs.names == ("number 1",)
    rows = tmp_path / "rows.csv"
    rows.write_text("age\n50\n")
    bound = found.bound_to(fitted(found, load_input(f"{rows}:0")))
    network, x = found.inner.network, torch.tensor([[2.0]])
    said = float(network(x, torch.zeros(1, 0, dtype=torch.int64)))
    assert bound.outputs.reference == pytest.approx((said,), rel=1e-6)


def test_table_other_weights_are_refused(tmp_path: Path):
    path = tmp_path / "m.safetensors"
    facts = {"architecture": "table_mlp", "columns": json.dumps(COLUMNS)}
    save_file({"w": torch.zeros(2)}, path, facts)
    with pytest.raises(UserError, match="holds no weights of a network over rows of a table"):
        opened(path)
    more = [*COLUMNS, {"name": "pay", "mean": 0, "scale": 1}]
    with pytest.raises(UserError, match=r"its tensor first\.weight has the shape 8 x 3 instead"):
        opened(saved_table(path, more))
