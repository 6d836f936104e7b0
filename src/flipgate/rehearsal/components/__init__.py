"""The servers of the rehearsal: where their programs are, and how each is started."""
