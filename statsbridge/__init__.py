"""Everything that talks to Genesys; it knows no screen and never imports ``dashboard``."""
