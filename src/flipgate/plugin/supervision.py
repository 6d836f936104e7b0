"""Who vouches for the exit status, when any step could end the process with one of its own choosing?

`os._exit(0)`, a crash of a driver, or the kernel's memory killer end a process before its verdict is written, and a
status of 0 would read GO. So gates are judged in a child process, which tells its parent the status once it stands in
the ledger. A child that ends without a word is HOLD.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
from dataclasses import dataclass

from flipgate.core.verdict import Verdict

_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGCHLD}
_BY_THE_KERNEL = 0x80  # si_code of a signal from a terminal, which reaches the child too
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass(frozen=True)
class Judging:
    """The child's side: `tell` is its word, said once."""

    pipe: int

    def tell(self, status: int) -> None:
        """Say which status stands in the ledger."""
        os.write(self.pipe, bytes([status]))
        os.close(self.pipe)


def supervised() -> Judging | int | None:
    """In the child: its side. In the parent, once the child has ended: the status that it told, else that of HOLD.

    None where there is no such supervision (only Linux lets a child end with its parent): then this process judges.
    """
    if sys.platform != "linux":
        return None
    sys.stdout.flush()
    sys.stderr.flush()
    heard, told = os.pipe()
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    parent = os.getpid()
    gc.freeze()  # a collection in either process would copy what both still share
    child = os.fork()
    if child == 0:
        os.close(heard)
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        return Judging(told)
    os.close(told)
    status = _ended(child)  # signals stay blocked: what is left to do here is to end with the status that was told
    with os.fdopen(heard, "rb") as word:
        said = word.read(1)
    return said[0] if said else _silent(status)


def _ended(child: int) -> int:
    """How did the child end? A signal that was sent to this process alone is passed on."""
    while True:
        seen = signal.sigwaitinfo(_SIGNALS)
        if seen.si_signo != signal.SIGCHLD:
            if seen.si_code != _BY_THE_KERNEL:
                os.kill(child, seen.si_signo)
            continue
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)


def _silent(status: int) -> int:
    how = f"by signal {-status}" if status < 0 else f"with status {status}"
    sys.stderr.write(
        f"\nHOLD  the run was ended {how} before it had a verdict; what was judged before stays in the ledger\n"
        "next    do not go on; run this stage again\n"
    )
    return Verdict.HOLD.exit_status
