from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.oracles.audit import read_audit
from engine.oracles.labelling import audited, complaint
from engine.procedures.certify import certify
from engine.procedures.oracle_correction import with_transfer
from tests.factories import make_evidence
from tests.fakes import finish
from tests.sayings import flat, saying


def run(*, level=0.1, **settings):
    asked = CertifySettings(n0=50, n=500, **settings)
    return finish(certify(saying(), flat(level), asked))


@pytest.fixture(scope="module")
def evidence():
    return run()


def agreed(evidence):
    names = evidence.model.class_names
    return {(group.text, group.class_index): names[group.class_index] for group in evidence.answers}


def four(record):
    return (
        record.accepted_true,
        record.accepted_false,
        record.rejected_true,
        record.rejected_false,
    )


def accepted(evidence):
    top = evidence.bounds.top
    return sum(group.count for group in evidence.answers if group.class_index == top)


def test_all_votes_are_labelled_by_their_distinct_answers(evidence):
    yes = accepted(evidence)
    assert four(audited(evidence, agreed(evidence))) == (yes, 0, 0, 500 - yes)


def test_what_nobody_labelled_counts_against_the_oracle(evidence):
    yes = accepted(evidence)
    assert four(audited(evidence, {})) == (0, yes, 500 - yes, 0)


def test_no_choice_of_missing_labels_helps_the_oracle(evidence):
    labels = agreed(evidence)
    whole = with_transfer(evidence, audited(evidence, labels), 0.01).transfer
    for left_out in labels:
        some = {key: true for key, true in labels.items() if key != left_out}
        part = with_transfer(evidence, audited(evidence, some), 0.01).transfer
        assert part.false_accept >= whole.false_accept
        assert part.p_lower <= whole.p_lower


def test_the_counts_as_a_file_are_the_same_audit(evidence, tmp_path):
    record = audited(evidence, agreed(evidence))
    counts = four(record)
    text = "accepted,true,count\n" + "".join(
        f"{said},{true},{count}\n"
        for (said, true), count in zip(
            [("yes", "yes"), ("yes", "no"), ("no", "yes"), ("no", "no")], counts, strict=True
        )
    )
    path = tmp_path / "labels.csv"
    path.write_text(text, newline="\n")
    read = read_audit(path, evidence.model.class_names).about("left")
    assert (four(read), read.sha256) == (counts, record.sha256)


def test_answers_whose_words_were_not_kept_count_against_it(evidence):
    groups = tuple(group.model_copy(update={"text": None}) for group in evidence.answers)
    unkept = evidence.model_copy(update={"answers": groups})
    assert four(audited(unkept, agreed(evidence))) == four(audited(evidence, {}))


def test_other_runs_have_nothing_to_label():
    assert "has answers to label" in complaint(make_evidence())
    with pytest.raises(UserError, match="has answers to label"):
        audited(make_evidence(), {})


@pytest.mark.parametrize("changes", [{"bound": "anytime"}, {"n": 600, "bound": "live"}])
def test_a_number_of_labels_that_the_votes_chose_is_refused(evidence, changes):
    settings = evidence.settings.model_copy(update=changes)
    complete = settings.n == 500
    other = evidence.model_copy(update={"settings": settings, "complete": complete})
    with pytest.raises(UserError, match="a number fixed beforehand"):
        audited(other, {})


def test_nothing_bounded_is_nothing_to_label(evidence):
    other = evidence.model_copy(update={"bounds": None})
    assert complaint(other) == "Nothing is bounded yet: let the run count its planned n first."


def test_a_label_that_is_no_class_is_refused(evidence):
    with pytest.raises(UserError, match="'lefft' is no class of the oracle; choose one, or other"):
        audited(evidence, dict.fromkeys(agreed(evidence), "lefft"))
