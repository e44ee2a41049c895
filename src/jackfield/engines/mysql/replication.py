"""Replication between two MariaDB servers of this machine, by global transaction ids.

A replica begins as a logical copy of the server it follows, accounts and all, made by MariaDB's own ``mariadb-dump``
while that server takes no writes. MariaDB follows over TCP only, so how a replica gets to the other server, which has
no TCP port, is its caller's business.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from jackfield.engines import tenure
from jackfield.engines.engine import EngineFailed, EngineMissing
from jackfield.engines.kept import environment
from jackfield.engines.mysql.config import quoted
from jackfield.engines.mysql.find import find
from jackfield.engines.mysql.node import MySqlNode
from jackfield.engines.server_node import INTERNAL, REPLICATION
from jackfield.engines.wire.mysql import Client, native_hash
from jackfield.engines.wire.mysql_accounts import text

COPY_PATIENCE = 1800.0
"""Seconds that the copy may take."""
LOCK_PATIENCE = 20
"""Seconds to wait for statements that run before the server takes no writes."""

_DUMP = (
    *("--all-databases", "--ignore-table=mysql.gtid_slave_pos", "--routines", "--events", "--hex-blob"),
    *("--skip-lock-tables", "--flush-privileges", "--skip-comments", "--max-allowed-packet=1G"),
)
_LOAD = ("--skip-reconnect", "--max-allowed-packet=1G")


class Tools(NamedTuple):
    """MariaDB's client programs, as absolute paths."""

    dump: str
    load: str


class Way(NamedTuple):
    """How a replica gets to the server that it follows.

    :param certificate: path of what it shows there: a PEM file with key, certificate and authority.
    """

    address: str
    port: int
    password: str
    certificate: Path


def find_tools() -> Tools:
    """What replicas are made with.

    :raises EngineMissing: this machine's MySQL is no MariaDB, or comes without its client programs.
    """
    binary = find()
    remedy = "Install MariaDB with its client programs (`apt install mariadb-server`)."
    if binary.kind != "mariadb":
        raise EngineMissing("mysql", f"{binary.path} is no MariaDB; replicas of others are not made.", remedy)
    beside = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{Path(binary.path).resolve().parent.parent / 'bin'}"
    dump = shutil.which("mariadb-dump", path=beside) or shutil.which("mysqldump", path=beside)
    load = shutil.which("mariadb", path=beside) or shutil.which("mysql", path=beside)
    if dump is None or load is None:
        raise EngineMissing("mysql", "mariadb-dump and mariadb, with which replicas are made, are not there.", remedy)
    return Tools(dump, load)


def logs(client: Client) -> bool:
    """Whether a server can be followed: one that an earlier release started keeps no log."""
    return client.query("SELECT @@log_bin") == [("1",)]


def admit(client: Client, password: str) -> None:
    """Makes the user in a server that is to be followed."""
    who = f"{text(REPLICATION)}@'localhost'"
    hashed = text(native_hash(password))
    client.query(f"CREATE USER IF NOT EXISTS {who} IDENTIFIED BY PASSWORD {hashed}")
    client.query(f"ALTER USER {who} IDENTIFIED BY PASSWORD {hashed}")
    client.query(f"GRANT REPLICATION SLAVE ON *.* TO {who}")


def copy(source: MySqlNode, replica: MySqlNode, way: Way) -> None:
    """Fills a replica's server, which runs and is empty, and has it follow. The source takes no writes meanwhile.

    :raises EngineFailed: it can not be copied; what the replica holds is of no use then.
    :raises ServerError: one of the servers refuses.
    """
    tools = find_tools()
    with Client(source.socket, INTERNAL, source.password, LOCK_PATIENCE + 10.0) as reader:
        reader.query(f"SET SESSION lock_wait_timeout = {LOCK_PATIENCE}")
        reader.query("FLUSH TABLES WITH READ LOCK")
        ((position,),) = reader.query("SELECT @@gtid_binlog_pos")
        _pipe(tools, source, replica)
    with Client(replica.socket, INTERNAL, replica.password, 60.0) as client:
        client.query(f"SET GLOBAL gtid_slave_pos = {text(position or '')}")
        lead(client, way)


def lead(client: Client, way: Way) -> None:
    """Tells a replica, which knows how far it is, whom to follow, and has it do so."""
    file = text(str(way.certificate))
    client.query("STOP SLAVE")
    client.query(
        f"CHANGE MASTER TO MASTER_HOST = {text(way.address)}, MASTER_PORT = {way.port},"
        f" MASTER_USER = {text(REPLICATION)}, MASTER_PASSWORD = {text(way.password)}, MASTER_CONNECT_RETRY = 1,"
        f" MASTER_SSL = 1, MASTER_SSL_CERT = {file}, MASTER_SSL_KEY = {file}, MASTER_SSL_CA = {file},"
        " MASTER_SSL_VERIFY_SERVER_CERT = 0, MASTER_USE_GTID = slave_pos"
    )
    client.query("START SLAVE")


def status(client: Client) -> dict[str, str | None]:
    """What a replica says of its following, as SHOW SLAVE STATUS names it; empty while it was not told to."""
    return next(iter(client.table("SHOW SLAVE STATUS")), {})


def position(client: Client) -> str:
    """How far a server has written, as it tells its replicas: the last id of each domain."""
    return client.query("SELECT @@gtid_binlog_pos")[0][0] or ""


def applied(client: Client) -> str:
    """How far a replica has applied it."""
    return client.query("SELECT @@gtid_slave_pos")[0][0] or ""


def covers(have: str, wanted: str) -> bool:
    """Whether all of one position is in another."""
    numbers = {domain: number for domain, number in _ids(have)}
    return all(numbers.get(domain, -1) >= number for domain, number in _ids(wanted))


def discard(client: Client, needed: list[str]) -> None:
    """Deletes a server's logs that nobody needs.

    :param needed: the oldest log that each replica still reads.
    """
    names = [str(row[0]) for row in client.query("SHOW BINARY LOGS")]
    oldest = min([*needed, names[-1]], key=names.index)
    if oldest != names[0]:
        client.query(f"PURGE BINARY LOGS TO {text(oldest)}")


def _ids(position: str) -> list[tuple[str, int]]:
    """Domain and sequence number of each id (domain-server-number)."""
    parts = (one.strip().split("-") for one in position.split(",") if one.strip())
    return [(domain, int(number)) for domain, _, number in parts]


def _pipe(tools: Tools, source: MySqlNode, replica: MySqlNode) -> None:
    """The dump of one server becomes the input of the other."""
    options = [_options(source, replica.folder / "source.cnf"), _options(replica, replica.folder / "target.cnf")]
    log = replica.folder / "copy.log"
    try:
        with open(log, "wb") as errors:
            dump = subprocess.Popen(
                [tools.dump, f"--defaults-file={options[0]}", *_DUMP],
                env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip
            with dump:
                try:
                    load = subprocess.run(
                        [tools.load, f"--defaults-file={options[1]}", *_LOAD],
                        env=environment(), stdin=dump.stdout, stdout=errors, stderr=errors, timeout=COPY_PATIENCE,
                        check=False,
                    )  # fmt: skip
                except BaseException:
                    dump.kill()
                    raise
    except subprocess.TimeoutExpired as error:
        raise EngineFailed(f"{source.id} is not copied within {COPY_PATIENCE:.0f} s") from error
    finally:
        for file in options:
            file.unlink()
    if dump.returncode or load.returncode:
        raise EngineFailed(f"{source.id} can not be copied: {log.read_text(errors='replace')[-500:]}")


def _options(node: MySqlNode, path: Path) -> Path:
    """An option file by which a client program logs in to a node, since a command line could be read by others."""
    lines = {"socket": str(node.socket), "user": INTERNAL, "password": node.password}
    tenure.replace(path, "[client]\n" + "".join(f"{name} = {quoted(value)}\n" for name, value in lines.items()))
    return path
