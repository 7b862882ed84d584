from __future__ import annotations

from dataclasses import replace

import pytest

from engine.evidence.settings import CertifySettings, ExactSettings
from engine.models.request import ModelRequest
from engine.procedures.set_result import Unread, set_result
from engine.procedures.set_standing import SetStanding
from engine.schemes import Stumps
from gui.jobs import audit_tables
from gui.jobs.audit_jobs import AuditView

SETTINGS = CertifySettings(n=1000, seed=3)
AT = ("radius=0.1",)


@pytest.fixture
def view(make):
    """Two right, one abstention, one that does not open; four of ten inputs are taken."""
    found = [(f"a{k}.png", make.evidence(SETTINGS, share=share, source=f"a{k}.png"))
             for k, share in enumerate((0.98, 0.97, 0.5))]  # fmt: skip
    found = [(spec, one.model_copy(update={"noise": one.noise.model_copy(update={"key": spec})}))
             for spec, one in found]  # fmt: skip
    standing = SetStanding(SETTINGS, 4, AT)
    for spec, one in found:
        standing.add(spec, one)
    unread = Unread(input="x.png", reason="x.png is damaged.")
    standing.leave_out(unread)
    specs = (*(spec for spec, _ in found), "x.png")
    result = set_result(make.model(), specs, SETTINGS, found, at=AT, unread=[unread], available=10)
    return AuditView(
        make.model(),
        ModelRequest("demo:digits-0.25"),
        SETTINGS,
        standing.rows,
        4,
        AT,
        4,
        10,
        summary=standing.summary(),
        figure=standing.figure(),
        result=result,
    )


def plain(view):
    return {name: value.replace("\u00a0", " ") for name, value in audit_tables.facts(view)}


def test_what_the_rows_come_to(view):
    facts = plain(view)
    assert facts["abstained"] == "1 (33.33 %)" and facts["without a run"] == "1"
    assert facts["clean accuracy: correct and not abstained (r = 0)"] == "66.66 %"
    assert facts["at radius=0.1: each · at once"] == "66.66 % · 66.66 %"
    acr = float(facts["average certified radius (ACR)"])
    assert acr <= view.result.summary.acr and acr > float(facts["ACR, all at once, alpha 0.001"])
    assert not any("population" in name for name in facts)  # one has no run
    assert "x.png is damaged." in audit_tables.notes(view)


def test_before_the_end_nothing_is_said_of_a_population(view):
    going = replace(view, result=None, count=3)
    assert "without a run" not in plain(going)
    assert audit_tables.progress(going) == "3 of 4 inputs"
    assert audit_tables.notes(going) == (
        "4 of the set's 10 inputs are taken, spread evenly. Nothing is said of a population before "
        "every input is decided."
    )
    assert plain(replace(going, summary=None)) == {}


def test_a_set_of_a_case_says_what_is_not_known_of_it(view):
    found = replace(view, result=None, planned=None, count=1)
    assert audit_tables.progress(found) == "1 input of the case"
    counting = replace(found, count=2, counted_elsewhere=True)
    assert audit_tables.progress(counting) == "2 inputs of the case, counted by another process"
    assert "which does not say how many inputs" in audit_tables.notes(found)


def test_rows_are_labelled_with_what_they_were_counted_with(view):
    assert audit_tables.subject(view) == (
        "digits-cnn · Gaussian, sigma 0.25 (pixels in [0,1]) · anytime bound · n 1,000 · "
        "alpha 0.001 for each input"
    )
    stumps = ExactSettings(scheme=Stumps(sigma=4.0))
    table = view.model.model_copy(update={"kind": "table"})
    said = audit_tables.subject(replace(view, settings=stumps, model=table))
    assert "Gaussian, sigma 4 (standard deviations of their columns) · computed bound" in said


def test_only_votes_that_are_missing_leave_a_set_unfinished(view):
    assert not audit_tables.unfinished(view)  # one does not open: it waits for no vote
    assert audit_tables.unfinished(replace(view, result=None))
    more = {"inputs": (*view.result.inputs, "later.png")}
    assert audit_tables.unfinished(replace(view, result=view.result.model_copy(update=more)))
    cut = {"unread": (), "inputs": view.result.inputs[:-1]}  # every row is there, one was stopped
    assert audit_tables.unfinished(replace(view, result=view.result.model_copy(update=cut)))
    whole = view.result.model_copy(update={"complete": True})
    assert not audit_tables.unfinished(replace(view, result=whole))
