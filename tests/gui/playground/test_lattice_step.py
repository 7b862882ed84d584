from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.playground.lattice import LatticeSide
from gui.playground import lattice_step
from gui.playground.lattice_step import LatticeStep

SIDES = (
    LatticeSide("float", ("lit", "dimmed"), (1.4, 0.1), 0.9),
    LatticeSide("exact", ("lit", "dimmed"), (0.2, 0.3), 0.9),
)


def sides(stop):
    yield SIDES[0]
    return SIDES


def test_the_verdicts_come_from_the_worker(session, qtbot, monkeypatch):
    monkeypatch.setattr(lattice_step, "lattice_sides", sides)
    step = LatticeStep(session)
    qtbot.addWidget(step)
    step.run.click()
    assert not step.run.isEnabled() and "being made" in step.told.text()
    qtbot.waitUntil(step.run.isEnabled)
    assert step.verdicts["float"].text().endswith("one of these claims is false.")
    assert step.verdicts["exact"].text().endswith("no contradiction.")
    assert step.verdicts["float"].property("role") == "danger"
    assert "sigma 0.5, n = 5,000, alpha 0.001" in step.told.text()


def test_a_failure_is_told(session, qtbot, monkeypatch):
    def fails(stop):
        raise UserError("No such model.")

    monkeypatch.setattr(lattice_step, "lattice_sides", fails)
    step = LatticeStep(session)
    qtbot.addWidget(step)
    step.run.click()
    qtbot.waitUntil(step.run.isEnabled)
    assert step.told.text() == "No such model."


@pytest.mark.parametrize("name", ["lit", "dimmed"])
def test_both_images_are_seen(idle_session, qtbot, name):
    step = LatticeStep(idle_session)
    qtbot.addWidget(step)
    pictures = [one.accessibleName() for one in step.findChildren(lattice_step.ImageView)]
    assert f"The image '{name}'" in pictures
