"""Letters as PDF for the archive and for those who have them read aloud, from data that is never code."""
