"""The mathematics that schemes share: worst cases of discrete laws, and what subsets cost.

NumPy, SciPy and fractions only; no torch, no records. SciPy loads inside functions, because the
window lists schemes before it does.
"""
