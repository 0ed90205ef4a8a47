"""Price rules beside one another, for the plan of an instance."""
