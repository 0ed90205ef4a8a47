"""The archive: studies as JSON, tables and run folders, written and read back."""
