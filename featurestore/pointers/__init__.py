"""Pointer data sets: where a picture lies instead of what was learned from it. Read while it is there, never kept."""
