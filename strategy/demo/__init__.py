"""Facts for the demonstration: what the plans print, and what we made up (always marked)."""
