import json

from engine.resources import assets
from engine.training.card import card_markdown


def test_the_shipped_cards_are_made_from_their_json():
    for path in (assets() / "models").glob("digits-*.json"):
        expected = path.with_suffix(".md").read_text()
        assert card_markdown(path.stem, json.loads(path.read_text())) == expected
        assert "alpha = 0.001 per digit" in expected and "never used in training" in expected
