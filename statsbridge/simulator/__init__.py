"""A stand-in for the Genesys services: a simulated contact centre behind the Authentication and Statistics APIs."""
