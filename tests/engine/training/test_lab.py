import json
import threading
from dataclasses import replace

import pytest

from engine.core.errors import UserError
from engine.core.generators import result_of
from engine.training import lab
from engine.training.digits import digits
from engine.training.lab import LabPlan, lab_table, settings_of
from engine.training.methods import METHODS

PLAN = LabPlan(
    data=digits(),
    arch="digits_cnn",
    methods=("gaussian", "consistency"),
    sigmas=(0.25,),
    seeds=(0,),
    recipe={"epochs": 1, "check_every": 1, "draws": 1},
    inputs=5,
    n=150,
    command="certiscope lab table",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    stages = []
    table = result_of(lab_table(PLAN, folder), lambda now: stages.append(now))
    return folder, table, stages


def test_trains_and_audits_every_network_alike(made):
    folder, table, stages = made
    assert [run.method.key for run in table.runs] == ["gaussian", "consistency"]
    assert {run.inputs for run in table.runs} == {5} and table.planned == 2
    for run in table.runs:
        path = folder / f"digits-{run.method.key}-0.25-0.audit.json"
        audit = json.loads(path.read_text())
        assert audit["model"]["sha256"] == run.sha256 and audit["settings"]["n"] == 150
        own = [
            row["radius"]
            for row in audit["rows"]
            if row["radius"] is not None and row["predicted_class"] == row["label"]
        ]
        assert len(run.radii) == len(own)
        assert all(
            kept <= full < kept + 1e-4 for kept, full in zip(run.radii, sorted(own), strict=True)
        )
    assert [now.done for now in stages if not now.name] == [1, 2]
    assert any(now.training for now in stages) and any(now.audited for now in stages)


def test_what_is_there_is_not_made_again(made, monkeypatch):
    folder, table, _ = made
    for name in ("making", "certify_set"):
        monkeypatch.setattr(lab, name, None)
    assert result_of(lab_table(PLAN, folder)) == table


@pytest.mark.thorough
def test_an_audit_that_is_missing_or_was_otherwise_is_made_again(made, monkeypatch):
    folder, table, _ = made
    monkeypatch.setattr(lab, "making", None)
    assert result_of(lab_table(replace(PLAN, n=160), folder)).n == 160
    assert result_of(lab_table(PLAN, folder)) == table


@pytest.mark.parametrize(
    "changes",
    [
        {"recipe": {**PLAN.recipe, "learning_rate": 0.01}},
        {"start": "demo:digits-0.25"},
        {"arch": "square_mlp"},
    ],
    ids=str,
)
def test_networks_of_other_settings_are_refused(made, changes):
    folder, _, _ = made
    other = replace(PLAN, **changes)
    with pytest.raises(UserError, match="was trained with other settings than this table's; give"):
        result_of(lab_table(other, folder))


def test_a_stopped_table_holds_what_is_known(tmp_path):
    stop = threading.Event()

    def seen(now):
        if now.done == 1:
            stop.set()

    table = result_of(lab_table(PLAN, tmp_path, stop=stop), seen)
    assert len(table.runs) == 1 and table.planned == 2


def test_settings_are_those_of_the_papers_but_on_digits():
    assert settings_of("consistency", 0.25, "cifar10").weight == 20
    assert settings_of("consistency", 1.0, "cifar10").weight == 10
    assert settings_of("smoothmix", 0.5, "cifar10").step_length == 1.0
    for method in METHODS:
        for sigma in (0.25, 0.5):
            assert settings_of(method.key, sigma, "digits").key == method.key


def test_a_card_that_is_none_is_refused(made, tmp_path):
    folder, _, _ = made
    name = "digits-gaussian-0.25-0"
    (tmp_path / f"{name}.safetensors").write_bytes((folder / f"{name}.safetensors").read_bytes())
    (tmp_path / f"{name}.json").write_text("[]")
    with pytest.raises(UserError, match="was trained with other settings"):
        result_of(lab_table(PLAN, tmp_path))
