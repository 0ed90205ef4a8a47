"""The monolith: all conditions of all agents as one problem, solved whole."""
