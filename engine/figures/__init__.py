"""The data behind each image: what window and report draw, and what CSV export writes.

A figure is made from evidence and maps once; the window draws it with pyqtgraph, the report with
typst (``engine.report.drawing``). Neither reads the other's widgets. One file per kind, and no file
loads the others: the window's first paint waits for none that it does not show.
"""
