"""``make demo``: a sample contact centre with three wallboards, from nothing but Python."""
