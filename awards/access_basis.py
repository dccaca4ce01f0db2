"""By which law what is nominated is kept until the ceremony."""

DEFERRED_BASIS = "Offl. § 5 tredje ledd"
"""Access is deferred until the winner is announced, and then assessed document by document.

The paragraph is cited from memory; the act could not be opened when this was written. Check it against the act.
"""
