"""Prizes and their rounds as the desk sets them up: made, changed, moved on, and what waits for whom."""
