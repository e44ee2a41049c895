"""``jackfield doctor``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
from typing import NamedTuple

from jackfield.engines.catalogue import ENGINES, find
from jackfield.engines.engine import EngineMissing
from jackfield.reconcile.dialling import is_free
from jackfield.vantage.probe import probe

_SUBJECTS = {
    "redis": "Redis (Tair)",
    "postgres": "PostgreSQL (RDS)",
    "mysql": "MySQL (RDS)",
    "seekdb": "seekdb (OceanBase)",
}


class Finding(NamedTuple):
    """:ivar state: ``ok``, ``missing`` (something cannot work) or ``note``. :ivar remedy: what to do."""

    subject: str
    state: str
    text: str
    remedy: str = ""


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when something that is needed is missing."""
    findings = [_python(), *map(_engine, ENGINES), _addresses(), _exec(), _vpcs(), _descriptors()]
    if options.json:
        print(json.dumps([finding._asdict() for finding in findings], indent=2))
    else:
        for finding in findings:
            print(f"{finding.state:8} {finding.subject}: {finding.text}")
            if finding.remedy:
                print(f"{'':8} → {finding.remedy}")
    return int(any(finding.state == "missing" for finding in findings))


def _python() -> Finding:
    return Finding("Python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def _engine(engine: str) -> Finding:
    subject = _SUBJECTS[engine]
    try:
        found = find(engine)
    except EngineMissing as error:
        return Finding(subject, "missing", error.what, error.remedy)
    place = getattr(found, "path", "") or found.folder
    return Finding(subject, "ok", f"{found.version} at {place} ({found.source})")


def _addresses() -> Finding:
    """Endpoints need loopback addresses of their own; Linux has them all, macOS only 127.0.0.1."""
    if is_free("127.64.0.1", 0):
        return Finding("Addresses", "ok", "all of 127.64.0.0/10 can be bound")
    return Finding(
        "Addresses",
        "missing",
        "127.64.0.1 cannot be bound",
        "macOS: for i in $(seq 1 50); do sudo ifconfig lo0 alias 127.64.0.$i; done; "
        "then jackfield up --addresses 127.64.0.0/26",
    )


def _exec() -> Finding:
    found = probe()
    if found.available:
        who = "as root" if os.geteuid() == 0 else "as an unprivileged user"
        return Finding("exec", "ok", f"programs can be given the endpoints' names, {who}")
    return Finding("exec", "note", found.why, found.remedy)


def _vpcs() -> Finding:
    found = probe(network=True)
    if found.available:
        return Finding("VPCs", "ok", "they can be network namespaces, for 'jackfield exec --vpc'")
    return Finding("VPCs", "note", found.why, found.remedy)


def _descriptors() -> Finding:
    """A relayed connection takes two descriptors; the relay raises its own limit to the hard one."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = "unlimited" if hard == resource.RLIM_INFINITY else str(hard)
    if hard != resource.RLIM_INFINITY and hard < 4096:
        return Finding("Descriptors", "note", f"hard limit {most}", "ulimit -Hn 65536 allows more connections")
    return Finding("Descriptors", "ok", f"hard limit {most}")
