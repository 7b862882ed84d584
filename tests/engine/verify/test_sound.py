"""A result that does not follow from its votes is not shown, though its case is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.case import Case
from engine.core.errors import UserError
from engine.evidence.attack import AttackRecord
from engine.verify.sound import recomputed, refuse_unsound, unsound
from tests.cases import begun, counted, rewritten


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case.create(tmp_path / "a.certiscope")


def larger(tree: dict[str, Any]) -> None:
    tree["radius"] = tree["region"]["radius"] = 9.0


def test_an_honest_result_is_shown(case: Case) -> None:
    refuse_unsound(counted(case, begun(case)), "run 1")


def test_a_forged_result_of_a_case_that_is_whole_is_refused(case: Case) -> None:
    counted(case, begun(case))
    rewritten(case.path, larger)
    again = Case.open(case.path)
    assert (again.damage, again.damaged()) == ("", {})
    found = again.result(1)
    assert found is not None and found.radius == 9.0
    with pytest.raises(UserError, match=r"run 1 in x does not follow from its votes \(certified"):
        refuse_unsound(found, "run 1 in x")


def test_a_result_that_its_own_attack_contradicts_is_shown_as_that(case: Case) -> None:
    attack = AttackRecord(outcome="found", how="x", samples=1, n=1, alpha=0.001, contradicts=True)
    refuse_unsound(counted(case, begun(case)).model_copy(update={"attack": attack}), "run 1")


def test_no_command_shows_it(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from engine.cli import main

    counted(case, begun(case))
    rewritten(case.path, larger)
    for words in (["report", "--json"], ["slides", "--out"]):
        out = tmp_path / f"{words[0]}.{'json' if words[0] == 'report' else 'svg'}"
        assert main([words[0], str(case.path), words[1], str(out)]) == 2
        assert "does not follow from its votes" in capsys.readouterr().err
        assert not out.exists()


def test_what_follows_from_the_votes_of_a_forged_result_is_said_instead(case: Case) -> None:
    honest = counted(case, begun(case))
    rewritten(case.path, larger)
    found = Case.open(case.path).result(1)
    assert found is not None and honest.region is not None
    words = recomputed(unsound(found), found)
    assert words.startswith(f"{honest.region.headline()}. With confidence ")
    assert recomputed((), None).startswith("Drawn again, the votes came out otherwise")
