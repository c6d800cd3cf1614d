"""The app's pseudonyms: a short line about what each author sent before."""
