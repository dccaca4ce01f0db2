"""How the jury works: declarations for a whole field, points by the statutes’ criteria, the discussion."""
