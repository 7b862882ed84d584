"""Files of small networks read as lists of layers in float64, for bounds without sampling."""
