import json

from engine.core.resources import assets
from engine.training.card import card_markdown


def test_the_shipped_cards_are_made_from_their_json():
    paths = list((assets() / "models").glob("digits-*.json"))
    assert len(paths) >= 4
    for path in paths:
        expected = path.with_suffix(".md").read_text()
        assert card_markdown(path.stem, json.loads(path.read_text())) == expected
        assert "0.001 per image" in expected and "never used in training" in expected


def test_two_terms_make_a_table_of_rows_and_columns():
    card = json.loads((assets() / "models" / "digits-hierarchical.json").read_text())
    cells = {
        tuple(cell["at"].values()): cell["share"] for cell in card["certified_accuracy"]["cells"]
    }
    text = card_markdown("digits-hierarchical", card)
    assert "| changed pixels \\ l2 norm of their change, pixels in [0,1] | 0.1 | 0.25 |" in text
    row = next(line for line in text.splitlines() if line.startswith("| 2 |"))
    assert row.split(" | ")[1] == f"{100 * cells[2.0, 0.1]:.2f} %"


def test_a_model_that_was_not_certified_has_no_table():
    card = json.loads((assets() / "models" / "digits-ablation.json").read_text())
    text = card_markdown("digits-ablation", card | {"certified_accuracy": None})
    assert "CERTIFY" not in text and "Clean accuracy" in text
