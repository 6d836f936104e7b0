"""What goes wrong in the rehearsal, as a sentence for the person who runs it."""


class RehearsalError(Exception):
    """A request that the rehearsal cannot do, told in one sentence."""


class ComponentMissing(RehearsalError):
    """A program that the rehearsal needs is not on this machine."""
