from __future__ import annotations

import numpy as np

from gui.setup.image_input import ImageInput
from gui.widgets.image import thumbnail


def test_small_images_keep_hard_pixels(qapp):
    pixels = np.array([[[0.0, 1.0], [1.0, 0.0]]], dtype=np.float32)
    image = thumbnail(pixels, 40).toImage()
    colours = {image.pixelColor(x, 5).lightness() for x in range(40)}
    assert colours == {0, 255}


def test_the_image_is_shown_as_the_model_receives_it(qtbot, idle_session, make):
    from gui.jobs.engine_jobs import Subject

    view = ImageInput(idle_session.loading)
    qtbot.addWidget(view)
    view.refresh()
    assert view.name.text() == ""
    idle_session.loading.given = make.image("a.png")
    white = np.ones((1, 4, 4), dtype=np.float32)
    identity = make.fitted(idle_session.loading.given).identity
    fitted = type(make.fitted(idle_session.loading.given)).image(identity, white)
    idle_session.loading.subject = Subject(None, None, fitted)
    view.refresh()
    assert view.image.image.width() == 4
    assert view.image.accessibleName() == "The image a.png as the model sees it"
