"""Logs of other people's certifications: read, measured, compared, and looked over for mistakes."""
