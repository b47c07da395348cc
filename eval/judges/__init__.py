"""Who says whether a source supports a claim. Judges share nothing with the guard but the protocol."""
