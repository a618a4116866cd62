"""System checks for wrong set-ups, each with an id and a hint."""
