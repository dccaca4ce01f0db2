"""How someone is nominated: on the web without an account, signed in, or on paper by way of an officer."""
