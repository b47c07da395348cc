"""The sample corpus and its gold set; see README.md."""
