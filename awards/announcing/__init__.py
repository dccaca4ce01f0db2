"""After the jury has decided: announced, winners told, nominees thanked, diplomas, prize money, and access assessed."""
