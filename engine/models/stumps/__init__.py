"""Ensembles of decision stumps: read from files of their libraries without these, one file each.

None of them loads torch but :mod:`engine.models.stumps.classifier`: verifiers read models too.
"""
