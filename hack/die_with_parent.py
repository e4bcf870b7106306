"""Runs a program that ends when the process which started it ends, however that happens.

    python die_with_parent.py PARENT_PID SIGNAL UID:GID PROGRAM [ARGUMENT ...]

A server that a test or the demo started must not outlive it, not even after `kill -9`. Linux sends a
child a signal of its choice when its parent dies; the choice survives `exec`, so this program makes it,
changes the user (`-` keeps it), and becomes the program asked for. An interrupt ends it, as usual, also if a
shell made us deaf to it, as it does to what it starts in the background. It is a program of its own, and not a
function run between fork and exec, because such functions are unsafe in a process that has threads.
The parent, to the kernel, is the thread that started the child: start servers from a thread that lives
as long as they should.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Tie this process to its parent and become the program."""
    parent, number, account, program, *rest = arguments
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if account != "-":
        uid, gid = (int(part) for part in account.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After the change of user: a change of credentials clears the setting.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit("the process that asked for this program is gone")
    os.execv(program, [program, *rest])  # noqa: S606 - becoming that program is the purpose


if __name__ == "__main__":
    main(sys.argv[1:])
