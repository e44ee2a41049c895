"""Whether this system lets us do what ``exec`` and VPCs need; for ``doctor``."""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from pathlib import Path
from typing import NamedTuple

from jackfield.vantage import namespaces
from jackfield.vantage.execute import enter
from jackfield.vantage.forbidden import VantageForbidden, refused
from jackfield.vantage.hosts import SYSTEM
from jackfield.vantage.netlink import Netlink, Route
from jackfield.vantage.spaces import Spaces


class Probe(NamedTuple):
    """
    :ivar available: everything worked.
    :ivar why: what did not, empty otherwise.
    :ivar remedy: what to do about it, empty otherwise.
    """

    available: bool
    why: str = ""
    remedy: str = ""


def probe(*, network: bool = False) -> Probe:
    """Goes the whole way in a forked child, since a success of the first calls proves nothing (Ubuntu refuses only the
    later ones).

    :param network: network namespaces and links between them as well, as VPCs need them; ``exec`` without a VPC does
        not.
    """
    with tempfile.TemporaryDirectory(prefix="jackfield-probe-") as folder:
        hosts_file = Path(folder, "hosts")
        hosts_file.write_text("127.0.0.1 localhost\n# jackfield probe\n")
        read, write = os.pipe()
        with warnings.catch_warnings():
            # Python 3.12 warns of forks beside threads; this child only makes system calls and ends.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            try:
                os.write(write, json.dumps(_attempt(hosts_file, network)).encode())
            finally:
                os._exit(0)
        os.close(write)
        with open(read, encoding="utf-8") as answer:
            told = answer.read()
        os.waitpid(child, 0)
    if not told:
        return Probe(False, "the probing process died", "See the kernel's log.")
    return Probe(*json.loads(told))


def _attempt(hosts_file: Path, network: bool) -> Probe:
    try:
        wanted = hosts_file.read_text()
        if network:
            _connect_two()
        enter(hosts_file)
        if SYSTEM.read_text() != wanted:
            return Probe(False, f"{SYSTEM} does not show the bound file", "A security module hides it: see its log.")
    except VantageForbidden as error:
        return Probe(False, error.why, error.remedy)
    except Exception as error:
        return Probe(False, f"{type(error).__name__}: {error}", "This is unexpected: please report it.")
    return Probe(True)


def _connect_two() -> None:
    namespaces.require_linux()
    if not namespaces.privileged():
        namespaces.enter_user_namespace()
    spaces = Spaces()
    one, other = spaces.make(), spaces.make()
    with spaces.inside(one):
        try:
            with Netlink() as netlink:
                netlink.connect("probe", "probe", other)
                link = netlink.links()["probe"]
                netlink.bring_up(link)
                netlink.route_loopback(link)
                netlink.add_routes({Route("192.0.2.1", link)})
        except OSError as error:
            raise refused("RTM_NEWLINK(veth)", error.errno or 0) from None
