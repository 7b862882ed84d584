from __future__ import annotations

import json
import threading

import pytest

from engine.attacks.attack import attacked
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.planning import Pilot
from engine.procedures.certify import certify
from engine.replay import ReplayResult
from engine.report.json import write_json
from engine.report.pdf import write_pdf
from gui.jobs.document_jobs import planned, replayed, verified, written
from tests.engine.attacks.test_attack import CPU, PLAN, X, certified
from tests.fakes import HalfSpace, finish, fitted

STOP = threading.Event()


@pytest.fixture(scope="module")
def evidence():
    return finish(certify(HalfSpace(0.3), fitted(), CertifySettings(n0=50, n=1000)))


@pytest.mark.parametrize(("write", "suffix"), [(write_json, "json"), (write_pdf, "pdf")])
def test_a_file_is_checked_and_its_run_is_read(evidence, tmp_path, write, suffix):
    path = tmp_path / f"e.{suffix}"
    write(evidence, path)
    checked = verified(path, STOP, rerun=0)
    verdicts = {claim.verdict for claim in checked.report.claims}
    assert "does not hold" not in verdicts
    assert checked.evidence.votes == evidence.votes


def test_an_edited_number_does_not_hold(evidence, tmp_path):
    path = tmp_path / "e.json"
    write_json(evidence, path)
    stated = json.loads(path.read_text())
    stated["observations"]["estimation"][0] += 1
    path.write_text(json.dumps(stated))
    checked = verified(path, STOP, rerun=0)
    assert checked.report.count("does not hold")
    assert not checked.report.ok


def test_what_an_attack_contradicts_is_not_claimed_again(tmp_path):
    model = HalfSpace(0.5)
    attack = attacked(certified(model), model, X, PLAN, execution=CPU)
    near = {"perturbation": {"radius": 0.01}}
    small = attack.region.model_copy(update={"radius": 0.001})
    odd = ({"perturbation": {"bogus": 0.01}}, {"perturbation": {}}, {"key": "0" * 16})
    for change, more in (
        ({**near, "contradicts": True}, {}),
        ({"contradicts": True}, {}),
        (near, {"region": small, "radius": 0.001}),  # the attack is outside what is stated
        (near, {"region": None, "radius": None}),
        *((one, {}) for one in odd),
    ):
        path = tmp_path / "e.json"
        record = attack.attack.model_copy(update=change)
        write_json(attack.model_copy(update={"attack": record, **more}), path)
        checked = verified(path, STOP, rerun=0)
        assert checked.recomputed.startswith("Nothing is claimed beside the attack on record: ")
        assert "R = " not in checked.recomputed and not checked.report.ok
        inside = "a change inside the certified region" in checked.recomputed
        assert inside == (change not in odd)


def test_what_is_no_report_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "x.pdf"
    path.write_text("no report")
    with pytest.raises(UserError, match="is neither a report"):
        verified(path, STOP, rerun=0)


def test_a_plan_for_a_radius_and_one_for_any():
    settings = CertifySettings(n=1000)
    pilot = Pilot(k=97, n0=100)
    assert planned(settings, pilot=pilot, target="radius=0.25").target == "radius=0.25"
    free = planned(settings, p=0.97)
    assert free.needed is None and free.planned.n == 1000


def test_a_replay_is_written_as_its_suffix_says(tmp_path):
    votes = tmp_path / "v.csv"
    votes.write_text("idx,label,n0_0,n0_1,n_0,n_1\n1,0,9,1,990,10\n")
    result = replayed(votes, CertifySettings(), at=("radius=0.1",))
    path = written(result, tmp_path / "r.json")
    assert ReplayResult.model_validate_json(path.read_text()) == result
    assert written(result, tmp_path / "r.csv").read_text().startswith("idx,label,outcome")


def test_a_wish_that_cannot_be_is_refused_in_a_sentence():
    with pytest.raises(UserError, match="The power must be between 0 and 1, without both"):
        planned(CertifySettings(n=1000), p=0.9, power=1.0)
