"""What everyone reads of prizes: how far a round has come, who has won and why, and the years before the portal."""
