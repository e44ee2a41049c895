"""Calls of the API while the API is being killed: answered, refused, or of unknown outcome."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from typing import Any, TypeVar

from alibabacloud_r_kvstore20150101 import models as tair
from alibabacloud_r_kvstore20150101.client import Client as TairClient

from tests.running import Running

T = TypeVar("T")

_PATIENCE = 60.0
_BROKEN = {
    *("RetryError", "UnretryableException"),  # of the vendor's client
    *("ConnectionError", "ReadTimeout", "ConnectTimeout", "ChunkedEncodingError"),  # of requests below it
}


class Unknown(Exception):
    """The connection broke: the call may or may not have happened."""


class Caller:
    """An official client whose configuration is never changed: the API has to stay where it was.

    :param jackfield: answering when this is made.
    """

    def __init__(self, jackfield: Running) -> None:
        config = jackfield.config()
        config.read_timeout = int(_PATIENCE * 1000)
        self.client = TairClient(config)

    def once(self, call: Callable[[TairClient], T]) -> T:
        """:raises Unknown: no answer came. Refusals of the API come through as they are."""
        try:
            return call(self.client)
        except Exception as error:
            if isinstance(error, OSError | http.client.HTTPException) or type(error).__name__ in _BROKEN:
                raise Unknown(str(error)) from error
            raise

    def surely(self, call: Callable[[TairClient], T]) -> T:
        """A read, asked again until it is answered."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                return self.once(call)
            except Unknown:
                assert time.monotonic() < end, f"no answer within {_PATIENCE} s"
                time.sleep(0.01)

    def status(self, instance: str) -> str:
        request = tair.DescribeInstanceAttributeRequest(instance_id=instance)
        reply = self.surely(lambda client: client.describe_instance_attribute(request))
        status: str = reply.body.instances.dbinstance_attribute[0].instance_status
        return status

    def wait_normal(self, instance: str) -> None:
        """Returns with the first answer that says Normal."""
        end = time.monotonic() + _PATIENCE
        while (status := self.status(instance)) != "Normal":
            assert time.monotonic() < end, f"{instance} is {status} for {_PATIENCE} s"
            time.sleep(0.005)

    def direct(self, instance: str) -> Any | None:
        """The direct endpoint as DescribeDBInstanceNetInfo has it."""
        request = tair.DescribeDBInstanceNetInfoRequest(instance_id=instance)
        reply = self.surely(lambda client: client.describe_dbinstance_net_info(request))
        found = [info for info in reply.body.net_info_items.instance_net_info if info.direct_connection]
        assert len(found) <= 1
        return found[0] if found else None

    def allocate(self, instance: str) -> None:
        """:raises Unknown: maybe."""
        request = tair.AllocateDirectConnectionRequest(instance_id=instance)
        self.once(lambda client: client.allocate_direct_connection(request))

    def release(self, instance: str) -> None:
        """:raises Unknown: maybe."""
        request = tair.ReleaseDirectConnectionRequest(instance_id=instance)
        self.once(lambda client: client.release_direct_connection(request))

    def set_group(self, instance: str, group: str, entry: str) -> None:
        """:raises Unknown: maybe."""
        request = tair.ModifySecurityIpsRequest(
            instance_id=instance, security_ips=entry, security_ip_group_name=group, modify_mode="Cover"
        )
        self.once(lambda client: client.modify_security_ips(request))

    def group(self, instance: str, group: str) -> str:
        """The entries of a whitelist group; empty when there is no such group."""
        request = tair.DescribeSecurityIpsRequest(instance_id=instance)
        reply = self.surely(lambda client: client.describe_security_ips(request))
        found = [
            one.security_ip_list
            for one in reply.body.security_ip_groups.security_ip_group
            if one.security_ip_group_name == group
        ]
        return found[0] if found else ""
