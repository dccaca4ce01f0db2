"""Starts everything the portal needs on one machine. Standard library only: it runs before anything is installed."""
