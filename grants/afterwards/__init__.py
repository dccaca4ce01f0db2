"""What follows a grant from the fund: acceptance, changes, final accounts, what is cut and paid back."""
