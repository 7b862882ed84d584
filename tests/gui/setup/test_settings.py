from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from engine.core.fields import field_specs
from engine.evidence.settings import CertifySettings, Execution, declared, run_specs
from engine.schemes import SCHEMES, Ablation, DssnL1, Gaussian, HierarchicalGaussian, Sparse
from engine.schemes.hybrid_flip import HybridFlip
from engine.schemes.hybrid_mask import HybridMask
from engine.schemes.hybrid_uniform import HybridUniform
from gui.setup.settings import SettingsPanel, form_specs
from tests.factories import make_input


@pytest.fixture
def panel(qtbot):
    panel = SettingsPanel()
    qtbot.addWidget(panel)
    return panel


@pytest.mark.walk
@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.key)
def test_the_form_has_every_field_that_means_something(panel, scheme):
    panel.set_scheme(scheme)
    asked = [spec.name for spec in (*field_specs(scheme), *form_specs(scheme))]
    assert list(panel.fields) == asked
    assert panel.settings() == declared("certify", scheme(), {})
    assert panel.execution() == Execution()


@pytest.mark.parametrize(
    ("scheme", "left_out"),
    [
        (Gaussian, set()),
        (Sparse, {"noise"}),
        (DssnL1, {"n0", "n", "alpha", "bound", "noise", "target", "seed"}),
    ],
)
def test_settings_without_a_meaning_are_left_out(panel, scheme, left_out):
    panel.fields["n"].set_value(500)
    panel.set_scheme(scheme)
    every = {spec.name for spec in run_specs("certify")}
    assert every - {spec.name for spec in form_specs(scheme)} == left_out
    panel.set_scheme(Gaussian)
    assert panel.settings().n == 500


def test_what_was_typed_for_a_scheme_comes_back(panel):
    panel.fields["sigma"].set_value(0.7)
    panel.set_scheme(Ablation)
    panel.fields["keep"].set_value(5)
    panel.fields["seed"].set_value(9)
    panel.set_scheme(Gaussian)
    assert panel.settings() == CertifySettings(scheme=Gaussian(sigma=0.7), seed=9)
    panel.set_scheme(Ablation)
    assert panel.settings().scheme.keep == 5


def test_a_proposed_scheme_is_shown_without_a_word_in_between(panel):
    panel.set_scheme(Ablation)
    said = []
    panel.refused.connect(said.append)
    panel.show_scheme(Ablation(entities=10, keep=4))  # below the keep that stood there: 12
    assert panel.settings().scheme == Ablation(entities=10, keep=4)
    assert said == []


def test_parameters_follow_the_input_only_where_they_do_not_fit_it(panel):
    panel.set_scheme(Ablation)
    panel.suit(make_input(shape=(1, 8, 8)))
    assert panel.settings().scheme == Ablation()
    panel.suit(make_input(shape=(3, 32, 32)))
    scheme = panel.settings().scheme
    assert scheme.entities == 1024
    scheme.check_input(make_input(shape=(3, 32, 32)))
    panel.fields["keep"].set_value(7)
    panel.suit(make_input(shape=(3, 32, 32)))
    assert panel.settings().scheme.keep == 7


def test_a_level_that_a_model_was_trained_with_survives_another_model_s_input(panel):
    panel.suit(make_input(kind="table", shape=(3,), alphabet=(2,)))  # it is still open then
    panel.show_scheme(HybridUniform(beta=0.4, arities="3,3"))
    panel.suit(make_input(kind="table", shape=(4,), alphabet=(3, 3)))
    scheme = panel.settings().scheme
    assert (scheme.beta, scheme.arities) == (0.4, "3,3")
    panel.show_scheme(HybridUniform(beta=0.6, arities="3,3"))
    panel.suit(make_input(kind="table", shape=(3,), alphabet=(2, 3)))
    assert panel.settings().scheme.beta == 0.25  # 0.6 leaves nothing of a field of two values


def test_a_level_stays_where_none_fits_the_input_that_is_still_open(panel):
    panel.suit(make_input(kind="table", shape=(30,)))  # of a model of numbers alone
    panel.show_scheme(HybridUniform(beta=0.4, arities="3,3"))
    panel.suit(make_input(kind="table", shape=(4,), alphabet=(3, 3)))
    scheme = panel.settings().scheme
    assert (scheme.beta, scheme.arities) == (0.4, "3,3")


def test_parameters_for_another_input_are_marked_and_still_settings(panel):
    panel.set_scheme(Ablation)
    panel.suit(make_input(shape=(1, 8, 8)))
    panel.fields["entities"].set_value(100)
    assert panel.fields["entities"].below.text() == (
        "'entities' 100 does not fit this input of 64 pixels; give 'entities' 64."
    )
    assert panel.complaint == ""
    panel.suit(make_input(kind="text", shape=(12,)))  # not its kind of input: nothing to say
    assert panel.fields["entities"].below.text() == panel.fields["entities"].hint()


def test_a_target_is_typed_in_the_schemes_own_terms(panel):
    panel.set_scheme(HierarchicalGaussian)
    assert "entities=1,epsilon=1" in panel.fields["target"].hint()
    panel.fields["target"].editor.setText("entities=2,epsilon=0.25")
    assert panel.settings().target == "entities=2,epsilon=0.25"
    panel.fields["target"].editor.setText("radius=1")
    assert panel.fields["target"].below.text() == panel.complaint
    assert panel.complaint.startswith("target radius=1: ")


def test_a_complaint_about_no_single_field_is_said_below_the_form(panel):
    panel.set_scheme(Ablation)
    panel.fields["keep"].set_value(65)
    assert (
        panel.complaint
        == panel.fields["keep"].below.text()
        == ("keep must be at most entities, 64 (it was 65).")
    )
    panel._marked = lambda sentence: False
    panel._check()
    assert panel.hint.text() == panel.complaint


def test_what_is_shown_comes_back(panel):
    settings = CertifySettings(n=12_345, alpha=1e-7, bound="two-class", precision="bf16")
    execution = Execution(batch=64, device="cpu")
    panel.show_settings(settings, execution)
    assert (panel.settings(), panel.execution()) == (settings, execution)


def test_a_radius_to_stop_at_is_typed_as_a_number(panel):
    panel.fields["target"].editor.setText("0.25")
    assert panel.settings().target == "radius=0.25"
    panel.put(target="radius=0.5")
    assert panel.fields["target"].value() == 0.5
    panel.fields["target"].editor.setText("0")
    assert panel.settings().target == ""
    panel.fields["target"].editor.setText("-1")
    assert panel.fields["target"].below.text() == panel.complaint


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("sigma", "-1", "sigma must be greater than 0 (it was -1.0)."),
        ("sigma", "0", "sigma must be greater than 0 (it was 0.0)."),
        ("alpha", "1", "alpha must be less than 1 (it was 1.0)."),
        ("alpha", "0", "alpha must be greater than or equal to 1e-30 (it was 0.0)."),
        ("n", "0", "n must be greater than or equal to 1 (it was 0)."),
        ("n0", "-5", "n0 must be greater than or equal to 1 (it was -5)."),
    ],
)
def test_a_wrong_value_is_a_sentence(panel, qtbot, name, text, sentence):
    with qtbot.waitSignal(panel.refused) as refused:
        panel.fields[name].editor.setText(text)
    assert refused.args == [sentence]
    assert panel.complaint == sentence
    assert panel.fields[name].below.text() == sentence
    panel.fields[name].set_value(panel.fields[name].spec.default)
    assert panel.complaint == ""
    assert panel.fields[name].below.text() == panel.fields[name].hint()


@pytest.mark.parametrize("text", ["0,25", "", "one", "nan", "inf", "1e999"])
def test_what_is_no_number_is_refused_and_never_misread(panel, text):
    panel.fields["sigma"].editor.setText(text)
    assert panel.complaint.startswith("sigma must be")


@pytest.mark.parametrize(("text", "n"), [("1,000", 1000), ("1e5", 100_000), ("2 000", 2000)])
def test_integers_may_be_grouped(panel, text, n):
    panel.fields["n"].editor.setText(text)
    assert panel.settings().n == n


@pytest.mark.parametrize("text", ["1.5", "1e400", "ten"])
def test_no_fraction_is_taken_for_an_integer(panel, text):
    panel.fields["n"].editor.setText(text)
    assert panel.complaint.startswith("n must be")


def test_arrow_keys_step_within_the_range(panel, qtbot):
    editor = panel.fields["sigma"].editor
    qtbot.keyClick(editor, Qt.Key.Key_Up)
    assert panel.settings().scheme.sigma == 0.3
    editor.setText("0.05")
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert panel.settings().scheme.sigma == 0.05
    editor = panel.fields["seed"].editor
    assert (editor.placeholderText(), panel.settings().seed) == ("fresh", None)
    editor.setText("0")
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert panel.settings().seed == 0


def test_every_editor_says_its_name_unit_and_help(panel):
    for field in panel.fields.values():
        assert field.editor.accessibleName() == field.spec.title
        assert field.spec.help in field.editor.accessibleDescription()
        assert field.label.buddy() is field.editor


def test_rarely_used_fields_are_folded_away_as_declared(panel):
    panel.show()
    specs = (*form_specs(Gaussian), *field_specs(Gaussian))
    advanced = {spec.name for spec in specs if spec.advanced}
    for name, field in panel.fields.items():
        assert field.editor.isVisible() == (name not in advanced)
    panel.more.click()
    assert all(field.editor.isVisible() for field in panel.fields.values())


def test_the_fold_is_remembered(qtbot, preferences):
    first = SettingsPanel(preferences=preferences)
    qtbot.addWidget(first)
    assert first.folded.isHidden()
    first.more.click()
    second = SettingsPanel(preferences=preferences)
    qtbot.addWidget(second)
    assert not second.folded.isHidden()
    second.more.click()
    assert not preferences.more_settings


def test_a_wrong_value_that_is_folded_away_is_unfolded(panel):
    panel.fields["seed"].editor.setText("-1")
    assert not panel.folded.isHidden()
    assert panel.fields["seed"].below.text() == panel.complaint != ""


def test_a_rare_field_that_is_in_use_stands_with_the_usual_ones(panel):
    panel.show()
    panel.show_scheme(Ablation(p=0.8))
    assert panel.fields["p"] not in panel._folded and panel.folded.isHidden()
    assert "p" not in panel.more.toolTip().split(", ")
    assert panel.settings().scheme == Ablation(p=0.8)
    panel.show_scheme(Ablation())
    assert panel.fields["p"] in panel._folded


def test_a_slider_moves_its_number_and_follows_it(panel):
    field = panel.fields["sigma"]
    field.slider.setValue(field.slider.value() + 3)
    assert panel.settings().scheme.sigma == 0.28
    field.editor.setText("0.5")
    assert field.slider.level() == 0.5
    field.editor.setText("7")  # beyond its end, and as good as any
    assert panel.settings().scheme.sigma == 7.0 and field.slider.level() == 2.0
    field.editor.setText("none")
    assert field.slider.level() == 2.0 and panel.complaint


def test_a_slider_can_be_moved_by_keys_and_says_what_it_is(panel, qtbot):
    slider = panel.fields["sigma"].slider
    assert slider.accessibleName() == "sigma, slider"
    assert "standard deviation" in slider.accessibleDescription()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert panel.settings().scheme.sigma == 0.26


@pytest.mark.walk
@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.key)
def test_sliders_are_where_they_are_declared(panel, scheme):
    panel.set_scheme(scheme)
    for field in panel.fields.values():
        assert (field.slider is not None) == (field.spec.slider is not None)


def test_another_kernel_keeps_what_both_have(panel):
    panel.offer_kernels(SCHEMES)
    panel.set_scheme(HybridUniform)
    told = []
    panel.switched.connect(told.append)
    values = {"beta": 0.8, "sigma": 0.4, "tau": 0.3, "n": 500}
    for name, value in values.items():
        panel.fields[name].set_value(value)
    panel.set_kernel(HybridMask)
    assert told == [HybridMask] and panel.kernel.currentText() == "mask"
    assert {name: panel.fields[name].value() for name in values} == values
    panel.set_kernel(HybridFlip)
    assert panel.settings() == CertifySettings(
        scheme=HybridFlip(sigma=0.4, tau=0.3), n=500, seed=None
    )
    panel.fields["sigma"].set_value(0.6)
    panel.set_kernel(HybridUniform)
    assert panel.settings().scheme == HybridUniform(beta=0.8, sigma=0.6, tau=0.3)


def test_one_kernel_is_no_choice(panel):
    panel.set_scheme(HybridMask)
    assert panel.kernel is None  # nothing was said to fit
    panel.offer_kernels([HybridMask, Gaussian])
    assert panel.kernel is None
    panel.offer_kernels([HybridMask, HybridUniform])
    assert panel.kernel.accessibleName() == "kernel"
    panel.set_scheme(Gaussian)
    assert panel.kernel is None
