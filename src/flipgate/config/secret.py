"""How is a credential carried without ever being shown?"""

from __future__ import annotations

from typing import NoReturn

from flipgate.core.redaction import KNOWN


class Secret:
    """A credential. It never prints, formats or pickles; `reveal` is for the door to a connection.

    Its value is masked, from now on, in all that leaves this process.
    """

    __slots__ = ("_value", "reference")

    def __init__(self, value: str, reference: str) -> None:
        self._value, self.reference = value, reference
        KNOWN.learn(value, reference)

    def reveal(self) -> str:
        """What is the credential itself? For the line that opens a connection, nothing else."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.reference})"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self!r} does not leave the process")
