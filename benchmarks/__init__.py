"""What does the framework cost? Ratios, which travel from machine to machine; times do not."""
