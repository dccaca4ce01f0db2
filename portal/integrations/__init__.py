"""Outside systems, one module each, with a local stand-in that speaks the same protocol."""
