from __future__ import annotations

from engine.playground.pseudocode import (
    ABSTAIN,
    ANSWERED,
    BOUND,
    CERTIFY,
    GAVE_UP,
    GUESS,
    PREDICT1,
    PREDICT2,
    RADIUS,
    RETURN,
    TEST,
    certify_line,
)
from engine.playground.run import Plan, Run


def test_the_named_lines_say_what_they_are():
    for line, word in (
        (GUESS, "guess_top_class"),
        (BOUND, "lower_bound_p"),
        (TEST, "if p_lower > 1/2"),
        (RADIUS, "R ←"),
        (RETURN, "return ĉ, R"),
        (ABSTAIN, "return ABSTAIN"),
    ):
        assert word in CERTIFY[line]
    for code in (PREDICT1, PREDICT2):
        assert code[ANSWERED].strip() == "return ĉ" and "ABSTAIN" in code[GAVE_UP]


def test_a_run_goes_from_line_to_line(moons):
    run = Run(moons, Plan(n0=20, n=400), (-0.9, 1.2))
    lines = [certify_line(run.standing)]
    while not run.done:
        lines.append(certify_line(run.advance(10)))
    assert lines == sorted(lines) and set(lines) == {GUESS, BOUND, RETURN}
    assert certify_line(Run(moons, Plan(n0=20, n=5), (-0.9, 1.2)).finish()) == ABSTAIN
