"""Complaints on decisions: in time or late, reconsidered, forwarded, decided."""
