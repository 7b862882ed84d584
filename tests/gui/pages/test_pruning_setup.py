"""What the left column describes."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.pruning.records import METHODS, PruningSettings
from gui.pages.pruning_setup import PruningSetup


def test_what_is_described_is_what_is_wished(qtbot):
    setup = PruningSetup()
    qtbot.addWidget(setup)
    wish = setup.wish()
    assert (wish.model, wish.settings, wish.folder) == ("demo:aircraft", PruningSettings(), None)
    for method in METHODS[1:]:
        setup.boxes[method].setChecked(False)
    fields = {field.spec.name: field for field in setup.fields}
    fields["seeds"].set_value(2)
    setup.put_folder(Path("kept"))
    setup.origin.setCurrentIndex(1)
    wish = setup.wish()
    assert wish.model == "" and not setup.model.isEnabled() and wish.folder == Path("kept")
    assert wish.settings == PruningSettings(methods=METHODS[:1], seeds=2)


def test_what_cannot_be_is_refused_in_a_sentence(qtbot):
    setup = PruningSetup()
    qtbot.addWidget(setup)
    setup.model.setText(" ")
    with pytest.raises(UserError, match="Name the detector, e.g. demo:aircraft"):
        setup.wish()
    setup.origin.setCurrentIndex(1)
    fields = {field.spec.name: field for field in setup.fields}
    fields["keep"].set_value(1.5)
    with pytest.raises(UserError, match="keep must be less than 1"):
        setup.wish()
    for box in setup.boxes.values():
        box.setChecked(False)
    with pytest.raises(UserError, match="Choose at least one score"):
        setup.wish()


def test_cells_are_those_of_a_map_of_light(qtbot):
    setup = PruningSetup()
    qtbot.addWidget(setup)
    for field in setup.fields:
        assert field.label.toolTip() == field.hint(), field.spec.title
