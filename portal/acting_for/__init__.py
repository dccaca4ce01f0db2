"""Acting for an organisation: mandates, how they are asked for, given and ended, and what is done with them."""
