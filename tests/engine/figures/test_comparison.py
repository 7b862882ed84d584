from engine.figures.comparison import AccuracyFigure, ReachFigure, ShareFigure
from engine.schemes.attacker import Attacker

FACTS = {
    "names": ("a",),
    "noises": ("Gaussian",),
    "attacker": Attacker(entities=3, epsilon=0.3),
    "inputs": (1, 2),
    "note": "",
}


def test_without_labels_shares_are_of_answers():
    figure = AccuracyFigure(**FACTS, clean=(0.5,), certified=(0.25,), labelled=False)
    assert figure.x_name == "answered"


def test_the_weakest_covering_cell():
    figure = ShareFigure(
        **FACTS, entities=(1, 2, 4), epsilons=(0.25, 0.5), shares=(((None,) * 3,) * 2,)
    )
    assert figure.covering == (1, 2)


def test_those_with_most_certified_win_and_nobody_without_any():
    facts = {**FACTS, "names": ("a", "b"), "noises": ("g", "h"), "labelled": True}
    figure = AccuracyFigure(**facts, clean=(0.75, None), certified=(2 / 3, None))
    assert figure.results == ("75 % right, 66 % certified", "not asked yet")
    assert figure.winners == (0,)
    assert AccuracyFigure(**facts, clean=(1.0, 1.0), certified=(0.0, 0.0)).winners == ()


def test_outlines_are_staircases_that_end_where_regions_do():
    reaches = ((0.4, 0.2, None), (9.0, 9.0, 9.0), (None, None, None))
    figure = ReachFigure(
        **{**FACTS, "names": ("a", "b", "c"), "noises": ("g",) * 3},
        input="",
        entities=(1, 2, 3),
        top=1.0,
        reaches=reaches,
        unbounded=(False, True, False),
        withstands=(False,) * 3,
        results=("",) * 3,
    )
    stairs = [(0.5, 0.4), (1.5, 0.4), (1.5, 0.2), (2.5, 0.2), (2.5, 0.0)]
    assert figure.outline(0) == stairs and figure.heights(0) == [0.4, 0.2]
    assert figure.heights(1) == [1.0] * 3 and figure.outline(1)[-1] == (3.5, 1.0)
    assert figure.outline(2) == figure.heights(2) == []
