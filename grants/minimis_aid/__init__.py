"""De minimis aid: what a whole undertaking has had in three rolling years, and what the national register is told."""
