"""Everything that people see: wallboards, their tiles, and who may look at them."""

__version__ = "0.1.0"
