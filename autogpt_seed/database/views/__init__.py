"""The views of the store: refreshed, read, and compared with the tables below them."""
