"""Helping a portal to embed a wallboard: code to copy, and a doctor who finds out why it does not work."""
