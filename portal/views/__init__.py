"""The ground's pages."""
