"""The report of a set of inputs: its rows as an attachment, its words, its pages."""
