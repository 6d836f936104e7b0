"""The daily reconciliation report: legacy tables beside their mirror, a file for each day. Its own command."""
