"""The skeleton of a runbook: text that runs as it stands, for somebody to write their own gates into."""
