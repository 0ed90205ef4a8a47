"""Forward contracts of the case study: which were agreed on, and how much of them can be carried."""
