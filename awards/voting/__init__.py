"""The public vote: a link to each address, one vote by each link, counted so that anyone can count again."""
