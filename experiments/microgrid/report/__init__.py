"""The report of a study of the second system in Markdown."""
