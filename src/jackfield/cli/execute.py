"""``jackfield exec -- COMMAND``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from jackfield.cli.failure import Failure
from jackfield.cli.folder import folder_of, ready_of
from jackfield.vantage.execute import run as run_inside
from jackfield.vantage.forbidden import VantageForbidden


def run(options: argparse.Namespace) -> NoReturn:
    """Becomes the command, where the endpoints' names resolve."""
    command = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
    if not command:
        raise Failure("which command? jackfield exec -- COMMAND [ARGUMENT …]", 2)
    ready = ready_of(folder_of(options.data))
    try:
        run_inside(command, Path(ready.hosts_file))
    except VantageForbidden as error:
        raise Failure(f"{error} The names and their addresses are in {ready.hosts_file}.", 125) from None
