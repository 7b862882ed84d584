"""The hot loop: noisy samples are drawn, classified and counted."""
