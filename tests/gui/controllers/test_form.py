from __future__ import annotations

from engine.evidence.settings import CertifySettings
from gui.controllers.form import Form


def test_a_wrong_value_is_told_and_the_last_valid_settings_stay(qtbot):
    form = Form()
    with qtbot.waitSignal(form.changed):
        form.set(CertifySettings(n=5))
    with qtbot.waitSignal(form.changed):
        form.refuse("n must be a number.")
    assert (form.settings.n, form.complaint) == (5, "n must be a number.")
    form.set(CertifySettings(n=6))
    assert form.complaint == ""
