"""What keeps strangers from guessing, flooding and hiding: limits, a record of who came in. See docs/security.md."""
