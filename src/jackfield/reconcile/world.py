"""What reconcilers act on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jackfield.engines.redis import RedisEngine
from jackfield.folder import Folder
from jackfield.reconcile.dialling import Dialler
from jackfield.reconcile.names import Names
from jackfield.reconcile.tended import Tended
from jackfield.reconcile.vpcs import Vpcs
from jackfield.reconcile.watch import DeathWatch
from jackfield.relay.client import RelayClient
from jackfield.relay.route import Role
from jackfield.settings import Settings
from jackfield.store.interface import Store
from jackfield.store.secrets import KeyRing

if TYPE_CHECKING:
    from jackfield.endpoints.certificates import Authority


@dataclass(frozen=True, slots=True)
class World:
    """The store, and everything that a reconciler may change to match it.

    :param relays: the relay for plain connections and the one with the routers.
    :param dialler: proves that routes lead where they should.
    :param deaths: is told of every server process, and schedules the instance of one that ends.
    :param tended: is told of every instance that was found serving.
    :param authority: gives who signs certificates of endpoints; made, and its libraries loaded, with the first wish.
    :param vpcs: what listens and resolves inside VPCs.
    """

    store: Store
    folder: Folder
    settings: Settings
    keyring: KeyRing
    relays: dict[Role, RelayClient]
    dialler: Dialler
    redis: RedisEngine
    names: Names
    deaths: DeathWatch
    tended: Tended
    vpcs: Vpcs
    authority: Callable[[], Authority]

    @property
    def real(self) -> bool:
        """Whether there are servers behind the resources (``--engines real``)."""
        return self.settings.engines == "real"
