"""What the letters of a prize say, in the authority’s language form."""
