"""Sign-in with Genesys: people whose accounts, and what they may do here, follow from those of the contact centre."""
