from __future__ import annotations

from pathlib import Path

import pytest

from engine.comparison import Candidate
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings, ExactSettings
from engine.models.request import ModelRequest
from engine.schemes import DssnL1, Gaussian
from gui.pages.comparison_setup import SetupColumn
from tests.fakes import identity

ONE = Candidate(model="demo:digits-0.25", name="net", scheme=Gaussian(sigma=0.25))


@pytest.fixture
def setup(qtbot, idle_session, make):
    column = SetupColumn(idle_session)
    qtbot.addWidget(column)
    column.who.offer((ONE,))
    idle_session.loading.given = make.image("digits:7")
    idle_session.loading.input_changed.emit()
    return column


def test_the_current_input_is_one(setup):
    wish = setup.wish()
    assert (wish.inputs, wish.limit, wish.candidates) == ("digits:7", 1, (ONE,))
    assert (wish.settings.n0, wish.settings.n, wish.settings.alpha) == (100, 2000, 0.001)
    assert setup.name_of_current.text() == "digits:7"


def test_a_set_has_a_limit(setup):
    setup.choose_set("digits")
    setup.limit.setValue(5)
    setup.n.setValue(500)
    wish = setup.wish()
    assert (wish.inputs, wish.limit, wish.settings.n) == ("digits", 5, 500)


def test_a_folder_is_a_set(setup):
    setup.put_folder(Path("images"))
    assert setup.is_set and setup.wish().inputs == "images"


def test_the_rest_is_as_in_the_form_but_for_a_target(setup, idle_session):
    idle_session.form.set(CertifySettings(bound="two-class", seed=7, target="radius=0.5"))
    settings = setup.wish().settings
    assert (settings.bound, settings.seed, settings.target) == ("two-class", 7, "")
    idle_session.form.set(ExactSettings(scheme=DssnL1()))
    assert setup.wish().settings.bound == "anytime"


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda s: s.who.boxes[0].click(), "Choose at least one model to compare."),
        (
            lambda s: setattr(s._session.loading, "given", None),
            "There is no current input: open one, or choose a set.",
        ),
        (
            lambda s: s.choose_set(" "),
            "Name the set, e.g. digits, or choose a folder of images.",
        ),
    ],
)
def test_what_is_missing_is_one_sentence(setup, spoil, sentence):
    spoil(setup)
    with pytest.raises(UserError) as caught:
        setup.wish()
    assert str(caught.value) == sentence


def test_alpha_is_shown_short_and_everything_has_a_name(setup):
    assert setup.alpha.text() == "0.001"
    for widget in (setup.n0, setup.n, setup.alpha, setup.limit, setup.choice, setup.set_spec):
        assert widget.accessibleName()


def test_noises_of_one_deviation_replace_those_who_take_part(setup, idle_session, qtbot):
    with qtbot.waitSignal(setup.limited, check_params_cb=lambda norm: norm == "l1"):
        setup.norm.setCurrentText("l1")
    assert setup.order.text().startswith("Published order (Yang et al., ICML 2020")
    idle_session.loading.model, idle_session.loading.request = None, None
    setup.noises.click()
    assert setup.order.text() == "Open a model of images first, whose noise is replaced."
    idle_session.loading.model, idle_session.loading.request = identity(), ModelRequest("fake")
    setup.sigma.setValue(0.5)
    with qtbot.waitSignal(setup.ranked):
        setup.noises.click()
    wish = setup.wish()
    assert wish.norm == "l1" and ONE not in wish.candidates
    keys = [one.scheme.key for one in wish.candidates]
    assert keys == ["uniform", "laplace", "exp-inf", "gaussian"]
    uniform, laplace, _, gaussian = (one.scheme for one in wish.candidates)
    assert (uniform.sigma, gaussian.sigma) == (0.5, 0.5) and uniform.norm == laplace.norm == "l1"
    assert laplace.lam == pytest.approx(0.5 / 2**0.5)


def test_the_open_model_takes_part_under_the_noise_of_the_form(setup, idle_session, qtbot):
    heard = []
    setup.misfit.connect(heard.append)
    idle_session.loading.model, idle_session.loading.request = None, None
    setup.who.add_open.click()
    request = ModelRequest("a", others=("b",), combine="votes")
    idle_session.loading.model, idle_session.loading.request = identity(), request
    idle_session.form.set(CertifySettings(scheme=Gaussian(sigma=0.7)))
    setup.who.add_open.click()
    assert (setup.who.known[-1].model, setup.who.known[-1].scheme.sigma) == (request, 0.7)
    setup.who.add_open.click()
    assert heard.pop().endswith(" takes part already.")
    idle_session.form.set(ExactSettings(scheme=DssnL1()))
    setup.who.add_open.click()
    assert heard == [
        "Open a model of images first.",
        "",
        "The scheme 'dssn-l1' of a + b, combine=votes says nothing of pixels and their l2 norm; "
        "compare schemes that do.",
    ]
    assert len(setup.who.known) == 2
