from __future__ import annotations

from engine.regions import Ball
from gui.playground.readout import Readout, attack_in_words


def test_a_claim_names_all_that_it_rests_on(experiment, qtbot):
    readout = Readout(experiment)
    qtbot.addWidget(readout)
    assert readout.claim.text() == "The first 100 votes choose the class."
    while not experiment.run.done:
        experiment.step()
    claim = readout.claim.text()
    facts = "n = 10,000, sigma 0.5, alpha 0.001, anytime; try 1"
    for part in ("g predicts 'blue'", "l2 distance below 0.", facts):
        assert part in claim
    assert float(readout.headline.text().removeprefix("R = ")) <= experiment.standing.claimed.radius
    assert "no number of votes certifies more than 0." in readout.truth.text()


def test_a_fixed_n_bound_claims_nothing_on_the_way(experiment, qtbot):
    readout = Readout(experiment)
    qtbot.addWidget(readout)
    experiment.declare(bound="clopper-pearson")
    experiment.step()
    assert readout.headline.text() == "no claim"
    assert readout.claim.text() == (
        "Provisional: the clopper-pearson bound claims nothing before n = 10,000 (900 so far)."
    )


def test_an_abstention_says_why_and_what_is_true(experiment, qtbot):
    readout = Readout(experiment)
    qtbot.addWidget(readout)
    experiment.show_scene("ring")
    experiment.move((0.0, 0.0))
    while not experiment.run.done:
        experiment.step()
    assert readout.claim.text().startswith("Abstains: ")
    assert readout.truth.text().endswith("no majority: no n would certify.")


def test_an_attack_is_told_from_a_refutation(experiment, qtbot):
    assert attack_in_words(experiment) == ""
    while not experiment.run.done:
        experiment.step()
    experiment.attack()
    assert "the class changed, outside the claimed region. 1 place tried, 0 refuted" in (
        attack_in_words(experiment)
    )
    # a run that is wrong, as one in a thousand may be
    now = experiment.standing
    too_far = Ball(norm="l2", radius=3.0, unit="plane")
    object.__setattr__(now, "region", too_far)
    readout = Readout(experiment)
    qtbot.addWidget(readout)
    assert readout.headline.text() == "R = 3.000"
    experiment.attack()
    assert "This claim is false" in attack_in_words(experiment)
    assert readout.headline.text() == "no claim"
    assert readout.claim.text().startswith("Withdrawn: an attack contradicts it")
