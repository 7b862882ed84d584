from engine.evidence.observations import EnsembleRecord, MemberVotes
from engine.evidence.settings import CertifySettings
from engine.figures.bounds import bounds_figure
from engine.figures.votes import OTHER, votes_figure
from engine.procedures.certify import certify
from tests.fakes import HalfSpace, Misbehaving, finish, fitted


def test_histogram_of_evidence_and_of_its_last_snapshot_agree():
    classifier = HalfSpace(0.1)
    names = classifier.identity.class_names
    running = certify(classifier, fitted(), CertifySettings(n0=50, n=1000))
    last = None
    try:
        while True:
            last = next(running)
    except StopIteration as end:
        assert votes_figure(last, names) == votes_figure(end.value, names)
        assert bounds_figure(last, names) == bounds_figure(end.value, names)


def test_many_classes_become_the_largest_and_others():
    classifier = HalfSpace(0.1, classes=1000)
    names = classifier.identity.class_names
    found = finish(certify(classifier, fitted(), CertifySettings(n0=50, n=1000)))
    figure = votes_figure(found, names, top_k=5)
    assert len(figure.bars) == 6
    assert figure.bars[-1].index == OTHER and figure.bars[-1].name == "995 others"
    assert sum(bar.estimation for bar in figure.bars) == 1000
    assert [bar.index for bar in figure.bars[:2]] == [0, 1]


def test_the_chosen_class_keeps_its_bar_even_when_it_loses():
    found = finish(certify(HalfSpace(-5.0, classes=20), fitted(), CertifySettings(n0=5, n=100)))
    losing = found.model_copy(update={"observations": found.votes.model_copy(update={"guess": 19})})
    figure = votes_figure(losing, HalfSpace(0, classes=20).identity.class_names, top_k=5)
    assert 19 in [bar.index for bar in figure.bars]


def test_failures_are_part_of_n():
    found = finish(certify(Misbehaving("nan"), fitted(), CertifySettings(n0=5, n=100)))
    figure = votes_figure(found, ("a", "b"))
    assert figure.failures == figure.n_estimation == 100


def test_members_of_an_ensemble_stand_at_their_shares_of_what_they_were_asked():
    found = finish(certify(HalfSpace(0.1), fitted(), CertifySettings(n0=5, n=100)))
    assert votes_figure(found, ("a", "b")).bars[0].members == ()
    record = EnsembleRecord(
        samples=100,
        members=(
            MemberVotes(asked=100, counts=(90, 10)),
            MemberVotes(asked=20, counts=(5, 13), failures=2),
            MemberVotes(asked=0, counts=(0, 0)),
        ),
    )
    figure = votes_figure(found.model_copy(update={"ensemble": record}), ("a", "b"))
    assert [bar.members for bar in figure.bars] == [(0.9, 0.25, 0.0), (0.1, 0.65, 0.0)]
