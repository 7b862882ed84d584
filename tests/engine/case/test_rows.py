from __future__ import annotations

import pytest

from engine.case import Case
from engine.case.database import Database
from engine.case.rows import read_configuration, stored_digest
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from tests.cases import ASKED, EXECUTION, SETTINGS, begun
from tests.fakes import fitted, identity


def test_a_configuration_comes_back_as_it_was_begun(case: Case) -> None:
    settings = CertifySettings(n0=7, n=70_000, alpha=0.01, bound="anytime", noise="exact", seed=9)
    run = case.begin(
        identity(),
        fitted().identity,
        settings,
        **ASKED,
        execution=EXECUTION,
        at=("radius=0.25",),
        run_id="abc",
    )
    found = case.configuration(run)
    assert (found.id, found.run_id, found.procedure) == (1, "abc", "certify")
    assert found.execution == EXECUTION
    assert (found.settings, found.at, found.block) == (settings, ("radius=0.25",), 350)
    assert (found.model, found.input) == (identity(), fitted().identity)
    assert (found.key, found.input_spec) == ("0000000000000007", "flat")
    assert found.request == ASKED["model_request"]


def test_models_and_inputs_are_kept_once(case: Case) -> None:
    begun(case)
    begun(case, SETTINGS.model_copy(update={"seed": 1}))
    with Database(case.path).reading() as db:
        assert db.execute("SELECT count(*) FROM model").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM input").fetchone() == (1,)
        assert stored_digest(db, 1) != stored_digest(db, 2)
        assert read_configuration(db, 1, case.path).digest == stored_digest(db, 1)


def test_a_run_that_is_not_there_is_named(case: Case) -> None:
    with pytest.raises(UserError, match="has no run 4; certiscope runs"):
        case.configuration(4)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE run SET settings = '[]'",
        'UPDATE run SET settings = \'{"scheme": {"key": "none"}}\'',
        "UPDATE run SET at = '3'",
        "UPDATE run SET procedure = 'guess'",
        "UPDATE model SET identity = '{'",
        "UPDATE model SET request = '[]'",
        "UPDATE input SET identity = 'null'",
    ],
)
def test_what_cannot_be_read_is_said(case: Case, statement: str) -> None:
    run = begun(case)
    with Database(case.path).writing() as db:
        db.execute(statement)
    again = Case.open(case.path)
    assert again.damaged() == {1: "Run 1 is damaged: it cannot be read."}
    assert again.runs() == ()
    with pytest.raises(UserError, match="Run 1 in .* is damaged: it cannot be read"):
        again.row(run)
