"""Files and modules behind a smoothed model."""

from __future__ import annotations

import pytest
import torch

from engine.api.models import FromFile, InMemory
from engine.core.errors import UserError
from engine.inputs import load_input
from engine.inputs.memory import from_memory
from tests.networks import Linear

DIGITS = "demo:digits-0.25"


def test_a_file_is_one_classifier_and_names_itself_on_the_command_line() -> None:
    file = FromFile([DIGITS], (), "", {})
    assert file.request is not None and file.request.spec == DIGITS
    given = load_input("digits:52")
    assert file.classifier(given) is file.classifier(load_input("digits:7"))
    named = FromFile([DIGITS], [f"digit {i}" for i in range(10)], "", {})
    assert named.classifier(given).identity.class_names[3] == "digit 3"
    assert named.request is None  # a command line would need a file of names


def test_a_module_is_a_classifier_for_every_shape() -> None:
    module = InMemory([Linear()], (), "", None, {})
    first = from_memory(torch.zeros(1, 8, 8))
    assert module.classifier(first) is module.classifier(from_memory(torch.ones(1, 8, 8)))
    assert module.request is None and module.name == "Linear"
    module.check(first, module.classifier(first))
    with pytest.raises(UserError, match="of another size than the first"):
        module.check(from_memory(torch.zeros(1, 4, 16)), module.classifier(first))
    shaped = InMemory([Linear()], (), "", (1, 8, 8), {})
    assert shaped.classifier(from_memory(torch.zeros(1, 9, 9))).identity.input_shape == (1, 8, 8)


def test_other_inputs_and_options_are_refused() -> None:
    with pytest.raises(UserError, match="takes images"):
        InMemory([Linear()], (), "", None, {}).classifier(load_input("letters:4"))
    with pytest.raises(UserError, match="takes no 'arch'"):
        InMemory([Linear()], (), "", None, {"arch": "x"})
    with pytest.raises(UserError, match="type str is not a model"):
        InMemory(["x"], (), "", None, {})
    with pytest.raises(UserError, match="does not write answers"):
        FromFile([DIGITS], (), "", {"oracle": "rules.txt"})


def test_several_models_are_an_ensemble_and_one_is_none() -> None:
    given = load_input("digits:52")
    files = FromFile([DIGITS, "demo:digits-0.50"], (), "", {"combine": "votes", "consensus": 2})
    assert files.classifier(given).identity.name.startswith("ensemble of 2")
    assert files.request is not None and len(files.request.members) == 2
    modules = InMemory([Linear(), Linear()], (), "", None, {"combine": "softmax"})
    whole = modules.classifier(given)
    assert whole.identity.in_memory and whole is modules.classifier(given)
    with pytest.raises(UserError, match="combine and consensus are for ensembles"):
        InMemory([Linear()], (), "", None, {"consensus": 2}).classifier(given)
    with pytest.raises(UserError, match="several of one kind are an ensemble"):
        InMemory([Linear(), DIGITS], (), "", None, {})
