"""What was seen and judged, kept so that it can be checked: ledger, verdicts computed from it, reports made from it."""
