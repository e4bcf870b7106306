"""How a demo hears that it is to end: Ctrl-C, SIGTERM, and make, which passes on what the terminal has sent already."""

from __future__ import annotations

import signal


def hear_interrupts() -> None:
    """Both end by KeyboardInterrupt; a shell makes what it starts in the background deaf to Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)


def end_for_good() -> None:
    """Let nothing interrupt the clean-up."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
