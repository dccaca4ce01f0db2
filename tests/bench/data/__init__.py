"""The bench's own rows: nothing from the demo, so that the demo may change without moving the figures."""
