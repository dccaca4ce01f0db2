"""A municipality's own plan document becomes a proposal, row by row; an officer decides, and then it is a plan.

`reading` turns a file into lines and tables, `finding` turns those into rows; neither knows Django or the database.
What they are handed between them is in `document` and `proposal`.
"""
