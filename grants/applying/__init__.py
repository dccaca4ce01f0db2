"""How one applies to the fund: a draft that keeps what is typed, sent when it is whole."""
