"""``jackfield``: the commands, their options and their help. Each command's own file is imported when it is called."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from jackfield.cli.failure import Failure
from jackfield.settings import DAY_SECONDS, PACES, REPEAT_SECONDS

_DESCRIPTION = """\
Runs the connection layer of a cloud database service on this machine: the APIs of Tair (Redis), RDS, PrivateLink,
OceanBase Cloud and their surroundings, answered so that official SDKs work unmodified, with real databases and real
TCP connections behind them."""

_EPILOG = """\
a first look:
  jackfield demo                                    the main job, shown from an SDK call down to the bytes
  jackfield up --detach && eval "$(jackfield env)"  start, and point SDKs and the aliyun CLI at it
  jackfield exec -- redis-cli -h NAME               a client that can resolve the endpoints' names
  jackfield exec --vpc ID -- redis-cli -h NAME      a client inside a VPC
  jackfield ps                                      what runs and who is connected
  jackfield adopt --product rds --engine mysql --port 3306   put endpoints in front of a database that runs already
  jackfield down                                    end it; data and addresses stay"""


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="jackfield", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action=_Version, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    up = _add(commands, "up", "start, or take over what an earlier start left running; Ctrl-C ends everything")
    up.add_argument("--listen", default="127.0.0.1:7700", metavar="HOST:PORT", help="the API's address (default %(default)s; port 0 takes a free one)")  # fmt: skip  # noqa: E501
    up.add_argument("--pace", choices=tuple(PACES), default="fast", help="how long a transition takes beyond the real work (default %(default)s: 0.3 s)")  # fmt: skip  # noqa: E501
    up.add_argument("--engines", choices=("real", "none"), default="real", help="none: states and resources without databases (default %(default)s)")  # fmt: skip  # noqa: E501
    up.add_argument("--local-clients", choices=("whitelist", "allow"), default="whitelist", help="allow: clients of this machine are admitted whatever a whitelist says (default %(default)s)")  # fmt: skip  # noqa: E501
    up.add_argument("--drain", type=_seconds, default=0.0, metavar="SECONDS", help="how long live connections go on after a release before they are reset (default 0, as at the vendor)")  # fmt: skip  # noqa: E501
    up.add_argument("--durability", choices=("normal", "strict"), default="normal", help="strict: acknowledged calls survive a power cut, too (default %(default)s)")  # fmt: skip  # noqa: E501
    up.add_argument("--addresses", default="", metavar="CIDR", help="pool of addresses for endpoints (default: a /20 of 127.64.0.0/10, chosen once)")  # fmt: skip  # noqa: E501
    up.add_argument("--digest", choices=("MD5", "SHA-256"), default="MD5", help="algorithm of OceanBase Cloud's HTTP Digest (default %(default)s)")  # fmt: skip  # noqa: E501
    up.add_argument("--repeat-seconds", type=_seconds, default=REPEAT_SECONDS, metavar="SECONDS", help="how long after switching a PrivateLink zone the same call is refused (default %(default)s)")  # fmt: skip  # noqa: E501
    up.add_argument("--day-seconds", type=_day, default=DAY_SECONDS, metavar="SECONDS", help="how long a day lasts of those for which a classic address is retained (default %(default)s)")  # fmt: skip  # noqa: E501
    up.add_argument("--ready-file", type=Path, metavar="PATH", help="JSON written when the API answers and every recorded listener is bound")  # fmt: skip  # noqa: E501
    up.add_argument("--detach", action="store_true", help="return once ready; everything goes on in the background")

    down = _add(commands, "down", "end everything of a data folder, with or without a supervisor; data stay")
    down.add_argument("--json", action="store_true", help="for machines")

    ps = _add(commands, "ps", "instances, endpoints, states, what really runs, live connections")
    ps.add_argument("--json", action="store_true", help="for machines")
    ps.add_argument("--connections", action="store_true", help="every live connection")

    adopt = _add(commands, "adopt", "make an instance of a database that runs already; deleting it leaves the database alone")  # fmt: skip  # noqa: E501
    adopt.add_argument("--product", choices=("rds", "tair"), required=True, help="whose instance it becomes")
    adopt.add_argument("--engine", choices=("mysql", "postgresql", "redis"), required=True, help="what it is: mysql (or MariaDB) and postgresql of rds, redis of tair")  # fmt: skip  # noqa: E501
    adopt.add_argument("--host", default="127.0.0.1", metavar="H", help="where it listens: a name or an address (default %(default)s)")  # fmt: skip  # noqa: E501
    adopt.add_argument("--port", type=_port, default=0, metavar="P", help="its TCP port")
    adopt.add_argument("--socket", default="", metavar="PATH", help="its Unix socket, instead of host and port")
    adopt.add_argument("--user", default="", metavar="NAME", help="an account that looks whether it answers; without one its greeting is looked at")  # fmt: skip  # noqa: E501
    adopt.add_argument("--password-stdin", action="store_true", help="the account's password is the first line of the standard input")  # fmt: skip  # noqa: E501
    adopt.add_argument("--account", default="", metavar="ID", help="the account that gets it (default: the first one)")
    adopt.add_argument("--region", default="", metavar="ID", help="its region (default: cn-hangzhou)")
    adopt.add_argument("--zone", default="", metavar="ID", help="its zone")
    adopt.add_argument("--vswitch", default="", metavar="ID", help="where its private endpoint lies (default: the zone's default vSwitch)")  # fmt: skip  # noqa: E501
    adopt.add_argument("--private-address", default="", metavar="ADDRESS", help="an address of the vSwitch for it")
    adopt.add_argument("--prefix", default="", metavar="LABEL", help="first label of its connection string (default: its id)")  # fmt: skip  # noqa: E501
    adopt.add_argument("--endpoint-port", type=_port, default=0, metavar="P", help="port of its private endpoint (default: the engine's usual one)")  # fmt: skip  # noqa: E501
    adopt.add_argument("--whitelist", default="", metavar="CIDRS", help="who may connect, separated by commas (default: 127.0.0.1, which admits nobody)")  # fmt: skip  # noqa: E501
    adopt.add_argument("--description", default="", metavar="TEXT", help="its description")
    adopt.add_argument("--engine-version", default="", metavar="V", help="the version that Describe calls tell (default: what the database says)")  # fmt: skip  # noqa: E501
    adopt.add_argument("--json", action="store_true", help="for machines")

    env = _add(commands, "env", "shell exports for SDKs, or a profile for the aliyun CLI")
    env.add_argument("--format", choices=("shell", "aliyun-cli", "json"), default="shell", help="(default %(default)s)")

    whoami = _add(commands, "whoami", "whom an access key stands for, and which policies apply to it")
    whoami.add_argument("--access-key", default="", metavar="ID", help="the key's id (default: $ALIBABA_CLOUD_ACCESS_KEY_ID, else the root's)")  # fmt: skip  # noqa: E501
    whoami.add_argument("--json", action="store_true", help="for machines")

    _add_policy(commands)

    execute = _add(commands, "exec", "run a program that can resolve the endpoints' names")
    execute.add_argument("--vpc", metavar="ID", help="run it inside of a VPC: with its addresses, names and nothing else (Linux)")  # fmt: skip  # noqa: E501
    execute.add_argument("--from", dest="source", metavar="ADDRESS", help="the IPv4 address from which it dials in the VPC (default: one of the VPC's own)")  # fmt: skip  # noqa: E501
    execute.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="the program and its arguments")

    doctor = _add(commands, "doctor", "what this machine has, what is missing, and how to get it", data=False)
    doctor.add_argument("--json", action="store_true", help="for machines")

    demo = _add(commands, "demo", "the main job, shown: allocate, use and release a direct connection", data=False)
    demo.add_argument("--keep", action="store_true", help="leave everything running at the end")
    demo.add_argument("--data", type=Path, metavar="DIR", help="data folder (default: a temporary one)")
    return parser


def _add_policy(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    policy = _add(commands, "policy", "who may do what, and why", data=False)
    kinds = policy.add_subparsers(dest="what", metavar="WHAT", required=True)
    simulate = _add(kinds, "simulate", "what would come of a call; exit status 0 if it were allowed, 1 if not")
    simulate.add_argument("--principal", required=True, metavar="WHO", help="user/NAME, role/NAME[/SESSION], root, or an ARN")  # fmt: skip  # noqa: E501
    simulate.add_argument("--action", required=True, metavar="ACTION", help="for example kvstore:ReleaseDirectConnection")  # fmt: skip  # noqa: E501
    simulate.add_argument("--resource", default="*", metavar="ARN", help="acs:SERVICE:REGION:ACCOUNT:ID (default: all resources)")  # fmt: skip  # noqa: E501
    simulate.add_argument("--condition", action="append", default=[], metavar="KEY=VALUE", help="what is known of the call, for example acs:SourceIp=10.0.0.1; may be repeated")  # fmt: skip  # noqa: E501
    simulate.add_argument("--account", default="", metavar="ID", help="the principal's account (default: the first one)")  # fmt: skip  # noqa: E501
    simulate.add_argument("--json", action="store_true", help="for machines")
    decode = _add(kinds, "decode", "what the EncodedDiagnosticMessage of a refusal says")
    decode.add_argument("message", metavar="MESSAGE", help="as it stands in AccessDeniedDetail")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns its exit status: 0, 1 when it failed for a reason that it printed, 2 for bad usage."""
    try:
        try:
            return _run(build_parser().parse_args(arguments))
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Who read our output has left (``jackfield ps | head -1``); the interpreter flushes once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _run(options: argparse.Namespace) -> int:
    try:
        status: int = import_module(f"jackfield.cli.{_MODULES[options.command]}").run(options)
    except Failure as failure:
        print(f"jackfield: {failure}", file=sys.stderr)
        return failure.status
    except KeyboardInterrupt:
        return 130
    return status


_MODULES = {
    "up": "up",
    "down": "down",
    "ps": "ps",
    "adopt": "adopt",
    "env": "env",
    "whoami": "whoami",
    "policy": "policy",
    "exec": "execute",
    "doctor": "doctor",
    "demo": "demo",
}


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, *, data: bool = True
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    if data:
        command.add_argument(
            "--data", type=Path, metavar="DIR", help="data folder (default: $JACKFIELD_DATA, else one in your home)"
        )
    return command


def _seconds(text: str) -> float:
    return _time(text, 3600)


def _day(text: str) -> float:
    return _time(text, 86400)


def _time(text: str, most: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise argparse.ArgumentTypeError(f"0 to {most} seconds")
    return value


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError("1 to 65535")
    return int(text)


class _Version(argparse.Action):
    """Looks the version up when it is asked for: no other command waits for that."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("jackfield")
        except PackageNotFoundError:
            number = "(not installed, run from its sources)"
        print(f"jackfield {number}")
        parser.exit()
