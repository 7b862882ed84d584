"""The window: the only place that imports Qt. It computes no bound and draws no noise."""
