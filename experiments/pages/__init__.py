"""Pages for readers: tables in Markdown, and Markdown as one HTML page."""
