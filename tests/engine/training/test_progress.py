from engine.training.progress import Epoch, Look, Progress, accuracy_figure, loss_figure

LOOK = Look(images=40, n=1000, alpha=0.001, right=0.75, acr=0.3)
HISTORY = (
    Epoch(epoch=1, loss=2.0, accuracy=0.4, learning_rate=0.1),
    Epoch(epoch=2, loss=1.5, accuracy=0.6, learning_rate=0.05, validation=0.7, certified=LOOK),
)


def test_curves_are_those_of_the_epochs():
    assert loss_figure(HISTORY).curves[0].points == ((1, 2.0), (2, 1.5))
    found = {curve.name: curve.points for curve in accuracy_figure(HISTORY).curves}
    assert found == {
        "training, noisy samples": ((1, 0.4), (2, 0.6)),
        "validation, noisy samples": ((2, 0.7),),
        "validation, right and certified": ((2, 0.75),),
        "validation, average certified radius": ((2, 0.3),),
    }
    assert "40 images, n = 1,000, alpha 0.001 each" in accuracy_figure(HISTORY).subtitle


def test_curves_that_nobody_looked_at_are_left_out():
    (curve,) = accuracy_figure(HISTORY[:1]).curves
    assert curve.name == "training, noisy samples"
    assert Progress(epochs=5, history=HISTORY).done == 2
