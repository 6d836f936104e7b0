"""The sealed pack of a cutover, which others sign on: complete, readable, checkable offline, free of credentials."""
