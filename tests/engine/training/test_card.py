import json
from typing import Any

from engine.core.resources import assets
from engine.training.card import card_markdown


def shipped(name: str) -> dict[str, Any]:
    return json.loads((assets() / "models" / f"{name}.json").read_text())


def test_two_terms_make_a_table_of_rows_and_columns():
    card = shipped("digits-hierarchical")
    cells = {
        tuple(cell["at"].values()): cell["share"] for cell in card["certified_accuracy"]["cells"]
    }
    text = card_markdown("digits-hierarchical", card)
    assert text.startswith("# digits-hierarchical\n\nHandwritten digits, trained with noise: ")
    assert "| number of changed pixels \\ l2 norm of their whole change" in text
    row = next(line for line in text.splitlines() if line.startswith("| 2 |"))
    assert row.split(" | ")[1] == f"{100 * cells[2.0, 0.1]:.2f} %"


def test_one_term_or_three_make_a_list_of_cells():
    text = card_markdown("karate", shipped("karate-hierarchical-sparse"))
    assert "| number of changed nodes | " in text and "| certified and right |" in text
    assert "| 1 | 1 | 0 | " in text
    assert "| l2 norm of the change, pixels in [0,1] | certified and right |" in card_markdown(
        "m", shipped("digits-0.25")
    )


def test_a_card_says_how_the_model_was_made_and_measured():
    card = shipped("karate-sparse")
    text = card_markdown("karate-sparse", card)
    for words in (
        "2,502 weights",
        "- **Classes**: Mr. Hi, Officer.",
        "8 train, 8 validation, 18 test, by the order",
        "best epoch 267 of 1000",
        "- **Attacker**: changes features of nodes after training (evasion)",
        "most of 1,000 noisy samples of each",
        "0.01 per input, two-class bound",
        card["noise"],
    ):
        assert words in text
    assert "- **Average certified radius**" in card_markdown("m", shipped("digits-0.25"))


def test_a_model_that_was_not_certified_has_no_table():
    card = shipped("digits-ablation")
    del card["certified_accuracy"]
    text = card_markdown("digits-ablation", card)
    assert "CERTIFY" not in text and "Clean accuracy" in text


def test_a_share_is_never_above_what_was_counted():
    """5 of 18 is 27.77 %; its card's facts say 0.2778, the nearest."""
    for path in sorted((assets() / "models").glob("*.json")):
        facts = json.loads(path.read_text())
        certified = facts.get("certified_accuracy")
        shown = path.with_suffix(".md").read_text() if certified else ""
        for cell in certified["cells"] if certified else ():
            counted = round(cell["share"] * certified["inputs"])
            hundredths = 10_000 * counted // certified["inputs"]
            assert f" {hundredths // 100}.{hundredths % 100:02d} % " in shown, (path.name, cell)
