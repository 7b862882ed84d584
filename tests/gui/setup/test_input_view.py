from __future__ import annotations

import pytest

from gui.setup.input_view import InputView, place_of


@pytest.mark.parametrize(
    ("specs", "source", "place"),
    [
        ([], "a", ""),
        (["a"], "a", ""),
        (["a", "b"], "b", "2 of 2"),
        (["a", "b"], "c", ""),
    ],
)
def test_where_an_input_stands_in_its_row(idle_session, make, specs, source, place):
    idle_session.loading.specs, idle_session.loading.given = specs, make.image(source)
    assert place_of(idle_session.loading) == place


def test_every_view_says_how_it_shows_its_kind(qtbot, idle_session):
    view = InputView(idle_session.loading)
    qtbot.addWidget(view)
    with pytest.raises(NotImplementedError):
        view.refresh()
