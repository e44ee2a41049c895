"""``jackfield exec [--vpc ID [--from ADDRESS]] -- COMMAND``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from jackfield.cli.failure import Failure
from jackfield.cli.folder import folder_of, ready_of
from jackfield.folder import Folder
from jackfield.vantage import namespaces
from jackfield.vantage.client import HolderClient, HolderDown, HolderRefused
from jackfield.vantage.execute import run as run_with_names
from jackfield.vantage.execute import run_in_vpc
from jackfield.vantage.forbidden import VantageForbidden

_BAD_USAGE, _NOT_ENTERED = 2, 125


def run(options: argparse.Namespace) -> NoReturn:
    """Becomes the command, where the endpoints' names resolve."""
    command = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
    if not command:
        raise Failure("which command? jackfield exec -- COMMAND [ARGUMENT …]", _BAD_USAGE)
    if options.source is not None and options.vpc is None:
        raise Failure("--from is an address in a VPC: it needs --vpc ID", _BAD_USAGE)
    folder = folder_of(options.data)
    if options.vpc is not None:
        _enter(command, folder, options.vpc, options.source or "")
    ready = ready_of(folder)
    try:
        run_with_names(command, Path(ready.hosts_file))
    except VantageForbidden as error:
        raise Failure(f"{error} The names and their addresses are in {ready.hosts_file}.", _NOT_ENTERED) from None


def _enter(command: Sequence[str], folder: Folder, vpc: str, source: str) -> NoReturn:
    try:
        namespaces.require_linux()
        with HolderClient(folder.vpc_socket("holder")) as holder:
            entrance = holder.enter(vpc, source)
        run_in_vpc(command, entrance)
    except HolderDown:
        text = f"nobody answers for the VPCs of {folder.root}; start it with 'jackfield up --data {folder.root}'."
    except (HolderRefused, VantageForbidden) as error:
        text = f"{error}{'' if str(error).endswith('.') else '.'}"
    raise Failure(f"{text} Endpoints outside of VPCs can be used all the same, see {folder.hosts}.", _NOT_ENTERED)
