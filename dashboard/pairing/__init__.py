"""Screens without a keyboard: a TV shows a code, a manager enters it, and the TV shows a wallboard from then on."""
