"""The report of the case study in Markdown and HTML."""
