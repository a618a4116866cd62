"""The wallboard editor: a board's tiles changed in the browser, by the rules of the configuration file.

``document`` is the board in the file's terms and its revision, ``judge`` says what is wrong with a draft, ``save``
writes it unless somebody else was faster, ``preview`` describes unsaved tiles for the screen, ``choices`` is what a
team may pick from, ``layouts`` are common boards to begin with, ``views`` is the page and its JSON.
"""
