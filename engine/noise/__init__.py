"""Laws of noise, and the counter-based generator under them."""
