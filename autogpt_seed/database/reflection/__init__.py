"""The schema as it is: read from the server's catalogs into a `Catalog`."""
