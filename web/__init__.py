"""The web page: an Answer becomes HTML that a reader can check, click by click."""
