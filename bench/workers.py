"""The process that plays the clients: what is measured has a processor of its own as far as there is one."""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor

from bench.children import raise_file_limit


def client_process() -> ProcessPoolExecutor:
    """One process that runs functions of this package, one after the other; ends with its ``with``."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _prepare)


def _prepare() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is told by the run; here it would only print a trace
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise_file_limit()
