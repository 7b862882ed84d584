from __future__ import annotations

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.playground.scenes import SCENES, by_hand, scene


@pytest.mark.parametrize("name", SCENES)
def test_scenes_lie_in_the_plane_and_follow_their_seed(name):
    first, again, other = (scene(name, seed=seed, each=50) for seed in (3, 3, 4))
    assert np.array_equal(first.xy, again.xy) and not np.array_equal(first.xy, other.xy)
    assert np.abs(first.xy).max() <= 2.5
    assert np.bincount(first.labels).tolist() == [50] * first.count == [50] * len(first.names)


def test_what_no_classifier_can_be_trained_on_is_refused():
    with pytest.raises(UserError, match="no scene 'moon'; choose one of moons, blobs"):
        scene("moon")
    with pytest.raises(UserError, match="at least two classes"):
        by_hand([(0.0, 0.0, 1), (1.0, 0.0, 1)])
    with pytest.raises(UserError, match="at most 5 classes"):
        by_hand([(0.0, 0.0, 1), (1.0, 0.0, 5)])
    assert by_hand([(0.0, 0.0, 0), (1.0, 0.5, 2)]).count == 3
