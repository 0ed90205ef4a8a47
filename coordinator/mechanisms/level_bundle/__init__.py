"""The proximal level bundle method, and its model of the agents' profits."""
