"""What tests of adopted databases do over and over, by the command line, the administration and the official SDKs."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from typing import Any

from alibabacloud_r_kvstore20150101 import models as tair
from alibabacloud_rds20140815 import models as rds
from alibabacloud_rds20140815.client import Client as RdsClient

from tests.adopted.theirs import PASSWORD, Theirs
from tests.running import Running, until

EVERYBODY = "0.0.0.0/0"


def command(running: Running, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """``jackfield WORDS`` on the folder of a running one."""
    argv = [sys.executable, "-W", "error", "-m", "jackfield", words[0], "--data", str(running.folder.root), *words[1:]]
    done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done


def adopt(running: Running, database: Theirs, *options: str, credentials: bool = False) -> dict[str, Any]:
    """Adopts by the command line; its JSON."""
    words = ["adopt", "--product", database.product, "--engine", database.engine, "--port", str(database.port)]
    words += [
        "--whitelist",
        EVERYBODY,
        "--json",
        *options,
    ]
    if credentials:
        words += [*(("--user", database.user) if database.user else ()), "--password-stdin"]
    done = command(running, *words, text=f"{PASSWORD}\n" if credentials else "")
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def post(
    running: Running, body: dict[str, Any], *, token: str = "", method: str = "", path: str = ""
) -> tuple[int, Any]:
    """The administration's status and JSON reply."""
    request = urllib.request.Request(
        f"{running.ready.api}/_jackfield/instances{path}",
        data=json.dumps(body).encode(),
        method=method or "POST",
        headers={"Authorization": f"Bearer {token or running.ready.admin_token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


class Customer:
    """The owner of an adopted instance, who calls the product's API; the same calls for both products."""

    def __init__(self, running: Running, database: Theirs, instance: str) -> None:
        self.running = running
        self.database = database
        self.instance = instance
        self.rds = RdsClient(running.config())
        self.tair = running.tair

    @property
    def _is_tair(self) -> bool:
        return self.database.product == "tair"

    def status(self) -> str:
        if self._is_tair:
            return self.running.status(self.instance)
        request = rds.DescribeDBInstanceAttributeRequest(dbinstance_id=self.instance)
        status: str = (
            self.rds.describe_dbinstance_attribute(request).body.items.dbinstance_attribute[0].dbinstance_status
        )
        return status

    def wait(self) -> None:
        serves = "Normal" if self._is_tair else "Running"
        until(f"{self.instance} {serves}", lambda: self.status() == serves)

    def listed(self) -> list[str]:
        """The ids that the product lists."""
        if self._is_tair:
            found = self.tair.describe_instances(tair.DescribeInstancesRequest(region_id="cn-hangzhou"))
            return [one.instance_id for one in found.body.instances.kvstore_instance]
        reply = self.rds.describe_dbinstances(rds.DescribeDBInstancesRequest(region_id="cn-hangzhou"))
        return [one.dbinstance_id for one in reply.body.items.dbinstance]

    def endpoints(self) -> dict[str, tuple[str, int]]:
        """``private`` and ``public`` → connection string and port, as DescribeDBInstanceNetInfo has them."""
        if self._is_tair:
            request = tair.DescribeDBInstanceNetInfoRequest(instance_id=self.instance)
            infos = self.tair.describe_dbinstance_net_info(request).body.net_info_items.instance_net_info
            return {
                "public" if one.dbinstance_net_type == "0" else "private": (one.connection_string, int(one.port))
                for one in infos
            }
        reply = self.rds.describe_dbinstance_net_info(rds.DescribeDBInstanceNetInfoRequest(dbinstance_id=self.instance))
        found = reply.body.dbinstance_net_infos.dbinstance_net_info
        return {one.iptype.lower(): (one.connection_string, int(one.port)) for one in found}

    def connect(self, net: str = "private", **more: Any) -> Any:
        """A real client to an endpoint, by its name."""
        name, port = self.endpoints()[net]
        return self.database.connect(self.address(name), port, **more)

    def address(self, name: str) -> str:
        return self.running.addresses(name)[0]

    def refuses(self, address: str, port: int) -> bool:
        with socket.socket() as probe:
            probe.settimeout(5)
            return probe.connect_ex((address, port)) != 0

    def allocate(self, prefix: str, port: int) -> None:
        if self._is_tair:
            asked = tair.AllocateInstancePublicConnectionRequest(
                instance_id=self.instance, connection_string_prefix=prefix, port=str(port)
            )
            self.tair.allocate_instance_public_connection(asked)
        else:
            self.rds.allocate_instance_public_connection(
                rds.AllocateInstancePublicConnectionRequest(
                    dbinstance_id=self.instance, connection_string_prefix=prefix, port=str(port)
                )
            )

    def rename(self, name: str, prefix: str, port: int) -> None:
        if self._is_tair:
            self.tair.modify_dbinstance_connection_string(
                tair.ModifyDBInstanceConnectionStringRequest(
                    dbinstance_id=self.instance, current_connection_string=name, new_connection_string=prefix,
                    port=str(port), iptype="Private",
                )
            )  # fmt: skip
        else:
            self.rds.modify_dbinstance_connection_string(
                rds.ModifyDBInstanceConnectionStringRequest(
                    dbinstance_id=self.instance, current_connection_string=name, connection_string_prefix=prefix,
                    port=str(port),
                )
            )  # fmt: skip
        self.wait()

    def release(self, name: str) -> None:
        if self._is_tair:
            asked = tair.ReleaseInstancePublicConnectionRequest(
                instance_id=self.instance, current_connection_string=name
            )
            self.tair.release_instance_public_connection(asked)
        else:
            self.rds.release_instance_connection(
                rds.ReleaseInstanceConnectionRequest(
                    dbinstance_id=self.instance, current_connection_string=name, instance_network_type="0"
                )
            )

    def admit(self, ips: str) -> None:
        if self._is_tair:
            self.tair.modify_security_ips(
                tair.ModifySecurityIpsRequest(instance_id=self.instance, security_ips=ips, modify_mode="Cover")
            )
        else:
            self.rds.modify_security_ips(
                rds.ModifySecurityIpsRequest(dbinstance_id=self.instance, security_ips=ips, modify_mode="Cover")
            )
        self.running.wait_idle()

    def encrypt(self, on: bool) -> None:
        if self._is_tair:
            wanted = "Enable" if on else "Disable"
            self.tair.modify_instance_ssl(tair.ModifyInstanceSSLRequest(instance_id=self.instance, sslenabled=wanted))
        else:
            name, _ = self.endpoints()["private"]
            self.rds.modify_dbinstance_ssl(
                rds.ModifyDBInstanceSSLRequest(
                    dbinstance_id=self.instance, connection_string=name, sslenabled=1 if on else 0
                )
            )
        self.wait()

    def delete(self) -> None:
        if self._is_tair:
            self.tair.delete_instance(tair.DeleteInstanceRequest(instance_id=self.instance))
        else:
            self.rds.delete_dbinstance(rds.DeleteDBInstanceRequest(dbinstance_id=self.instance))

    def seen(self) -> dict[str, Any]:
        """As the administration lists it."""
        found: dict[str, Any] = next(
            one for one in self.running.ask("instances")["instances"] if one["id"] == self.instance
        )
        return found
