"""The services of the embedded rehearsal environment, each a process of its own."""
