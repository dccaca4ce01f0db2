"""Who is nominated: gathered from nominations, informed, heard, and held against the statutes."""
