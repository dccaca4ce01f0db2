"""Signing in and out: the ways, the accounts they open, sessions, and asking for more before a deed that needs it."""
