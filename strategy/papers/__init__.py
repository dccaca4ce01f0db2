"""A frozen report on paper: `paper` says it in words, out of `blocks`; `pdf` and `word` lay the same words out."""
