"""The themes' picture side for a phone: a small network that learned from the server's, in one file under a budget."""
