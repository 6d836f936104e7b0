"""The vocabulary of all layers: verdicts, observations, windows, clocks, errors, facts. Standard library only."""
