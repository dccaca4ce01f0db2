"""What leaves the portal for the archive, who asked to see what, and what is kept how long."""
