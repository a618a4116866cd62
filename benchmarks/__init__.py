"""Measurements of the product beside their baselines, from one run each: ``make bench``."""
