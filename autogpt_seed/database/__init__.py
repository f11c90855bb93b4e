"""All SQL but the settings of a transaction, with a folder for each purpose."""
