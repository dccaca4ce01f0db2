"""How the fund handles applications: complete, assessed, recommended, decided."""
