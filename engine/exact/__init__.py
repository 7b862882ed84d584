"""Small networks bounded without sampling: linear bounds in a few parameters, branch and bound."""
