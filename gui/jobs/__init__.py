"""The worker and what it is asked to do: the only thread code of the program."""
