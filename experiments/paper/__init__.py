"""The case study of arXiv 2602.19310, Section IV: its tables, figures and claims, from runs of our own."""
