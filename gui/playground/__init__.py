"""The playground and the lecture: pages that explain smoothing in the plane."""
