"""Signatures on evidence: Ed25519 keys, DSSE envelopes beside the JSON, PAdES inside the PDF.

Importing this package loads neither ``cryptography`` nor pyHanko.
"""
