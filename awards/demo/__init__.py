"""The demo's prizes."""
