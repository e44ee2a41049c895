"""An endpoint takes over the name of another one: how a connection string gets an address elsewhere.

The heir is made without a name, with the other one's door as its own other one, and brought up beside it. Only when
it serves it gets the name, in the moment in which the other one loses it; then that one is taken down.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from jackfield.endpoints.addresses import take_vswitch_address
from jackfield.endpoints.making import Place
from jackfield.endpoints.resources import NAMES, Door, Endpoint, Net, vpc_space
from jackfield.store.interface import Tx


def make_heir(tx: Tx, former: Endpoint, *, id: str, net: Net, place: Place) -> Endpoint:
    """Writes the record of the endpoint that is to take over name and port of ``former``.

    :raises ClaimTaken: the wanted address is somebody else's.
    :raises PoolExhausted: the vSwitch has no free address, or the wanted one is none of it.
    """
    heir = Endpoint(
        id=id,
        account=former.account,
        region=former.region,
        parent=former.parent,
        status="Creating",
        created=tx.now,
        product=former.product,
        net=net,
        name="",
        port=former.port,
        other=Door(name=former.name, port=former.port),
        vpc_id=place.vpc_id,
        vswitch_id=place.vswitch_id,
    )
    address = take_vswitch_address(tx, heir, vswitch_id=place.vswitch_id, cidr=place.cidr, wanted=place.wanted)
    heir = msgspec.structs.replace(heir, vpc_address=address)
    tx.claim(vpc_space(place.vpc_id), heir.id, heir)
    tx.put(heir)
    return heir


def hand_over(tx: Tx, endpoints: Sequence[Endpoint]) -> Endpoint | None:
    """Gives the name to an heir that serves; the endpoint that had it is Releasing from then on.

    :param endpoints: of one instance, as they are in ``tx``. :return: the heir; ``None`` when none waits for a name.
    """
    heir = next((one for one in endpoints if one.status == "Serving" and not one.name and one.other), None)
    if heir is None or heir.other is None:
        return None
    name = heir.other.name
    former = next((one for one in endpoints if one.name == name and one.id != heir.id), None)
    if former is not None:
        tx.unclaim(NAMES, name, former)
        tx.put(msgspec.structs.replace(former, name="", status="Releasing"))
    tx.claim(NAMES, name, heir)
    named = msgspec.structs.replace(heir, name=name, other=None)
    tx.put(named)
    return named


def name_of(endpoint: Endpoint) -> str:
    """Its name; of an heir the one that it is to have."""
    return endpoint.name or (endpoint.other.name if endpoint.other else "")
