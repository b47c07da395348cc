"""The offline writer: sources → Article → Passage → index."""
