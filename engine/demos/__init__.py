"""The shipped examples: their data, and the recipes that make their models."""
