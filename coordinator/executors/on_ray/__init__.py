"""Ray: agents are answered by processes on one machine or several, each by another executor."""
