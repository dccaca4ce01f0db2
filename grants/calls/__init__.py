"""What the fund announces: calls made by officers, read by everyone, with a short check before one applies."""
