"""Speed of Certiscope against other implementations, and of its window; run by ``make bench``."""
