"""One small module per metric; `catalog` lists them all. Each is a function of one case's evidence."""
