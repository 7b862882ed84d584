"""Theme tokens, and the style sheet made from them."""
