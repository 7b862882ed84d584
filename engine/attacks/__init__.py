"""Attacks on the smoothed classifier: how small a change is found beside what is certified.

They are evidence of tightness, not a guarantee. No certificate rests on what happens here.
"""
