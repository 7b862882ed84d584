import threading

import pytest

from engine.core.errors import UserError
from engine.core.generators import result_of
from engine.schemes import Gaussian
from gui.jobs.training_jobs import AskedTraining, facts, kept, train

VALUES = {
    "data": "digits",
    "method": "gaussian",
    "epochs": 2,
    "check_every": 1,
    "draws": 1,
    "watch": 2,
    "certify": 0,
}


def test_curves_come_with_the_epochs_and_the_result_with_the_end(tmp_path):
    asked, seen = AskedTraining(VALUES, Gaussian(sigma=0.25), tmp_path), []
    shown = result_of(train(asked, threading.Event()), seen.append)
    assert seen[0].progress is None and seen[1].loss is None
    curves = {id(one.loss): one.loss for one in seen if one.loss is not None}
    assert [len(one.curves[0].points) for one in curves.values()] == [1, 2]
    assert shown.path == tmp_path / "digits-gaussian-0.25.safetensors" and shown.path.exists()
    rows = dict(facts(shown))
    assert (
        rows["epochs"] == "2 of 2" and rows["n and alpha of each"] == "1,000, 0.001, anytime bound"
    )
    assert "right and certified, of 2" in rows


def test_a_stopped_training_has_no_result(tmp_path):
    stop = threading.Event()
    stop.set()
    shown = result_of(train(AskedTraining(VALUES, Gaussian(), tmp_path), stop))
    assert shown.path is None and dict(facts(shown)) == {"files": "digits-gaussian-0.25"}


def test_what_does_not_fit_is_a_sentence(tmp_path):
    values = {**VALUES, "data": str(tmp_path / "nowhere")}
    with pytest.raises(UserError, match="There is no folder"):
        result_of(train(AskedTraining(values, Gaussian(), tmp_path), threading.Event()))


def test_what_earlier_trainings_left_is_listed(tmp_path):
    asked = AskedTraining({**VALUES, "certify": 2, "watch": 0}, Gaussian(sigma=0.25), tmp_path)
    assert kept(tmp_path / "nowhere") == []
    result_of(train(asked, threading.Event()))
    state = tmp_path / "mine.training"
    state.write_bytes(b"no state")
    (tmp_path / "other.safetensors").touch()
    ((name, said),) = kept(tmp_path)
    assert name == "digits-gaussian-0.25" and said.startswith(
        "finished, average certified radius 0"
    )
    longer = AskedTraining({**VALUES, "epochs": 3, "name": "x"}, Gaussian(), tmp_path / "more")
    run = train(longer, threading.Event())
    while next(run).progress is None or not (tmp_path / "more").exists():
        pass
    run.close()
    assert kept(tmp_path / "more") == [
        ("digits-gaussian-0.25", "after epoch 1 of 3, to be resumed")
    ]


@pytest.mark.parametrize(
    "card",
    [
        "[]",
        "[" * 100_000,
        '{"recipe": 1, "certified_accuracy": {"acr": 1e999, "inputs": 1}}',
        '{"recipe": 1, "certified_accuracy": {"acr": NaN, "inputs": 1}}',
        '{"recipe": 1, "certified_accuracy": {"acr": 1, "inputs": 1e999}}',
        '{"recipe": 1, "certified_accuracy": "acr"}',
    ],
)
def test_a_card_of_something_else_is_not_listed(card, tmp_path):
    (tmp_path / "m.safetensors").touch()
    (tmp_path / "m.json").write_text(card)
    assert kept(tmp_path) == []
