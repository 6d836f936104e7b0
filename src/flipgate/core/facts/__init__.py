"""What probes state and gates judge: frozen facts, one module for each noun. All times are world time."""
