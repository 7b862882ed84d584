"""Speed of Certiscope against other implementations, and of its window; run by ``make bench``."""

from engine.system.openmp import wait_passively

wait_passively()  # as the program does, and for every contender alike
