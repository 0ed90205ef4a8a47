"""Answers near targets within a polytope, by sparse factors in which only limits that bind are looked at."""
