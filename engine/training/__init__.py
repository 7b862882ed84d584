"""The training lab: methods, and the commands that make models of images and of graphs."""
