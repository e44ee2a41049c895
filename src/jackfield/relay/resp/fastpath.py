"""The commands that most clients send most of the time: one key, framed the usual way.

This loop and ``Link._split`` are where the router's time goes; both keep to slices, ``find`` and dictionaries.
"""

from __future__ import annotations

from binascii import crc_hqx
from typing import TYPE_CHECKING

from jackfield.relay.resp.call import Call
from jackfield.relay.resp.framing import CRLF, HEADER_SIZES
from jackfield.relay.resp.slots import slot_of
from jackfield.relay.resp.table import HEADS

if TYPE_CHECKING:
    from jackfield.relay.resp.identity import Identity
    from jackfield.relay.resp.session import RespSession


def take_common(session: RespSession, identity: Identity, buffer: bytes, room: int) -> int:
    """Starts common commands from the beginning of ``buffer``, at most ``room`` of them.

    :returns: where the first command begins that is not common, or not complete.
    """
    find = buffer.find
    head_of, size_of = HEADS.get, HEADER_SIZES.get
    owner, links, mark = session.hub.slots.owner, identity.links, session.hub.mark
    expect = session.pending.append
    size = len(buffer)
    at = 0
    while room > 0:
        end = find(CRLF, at + 8)
        more = head_of(buffer[at:end])
        if more is None or end < 0:
            break
        key = find(CRLF, end + 3)
        length = size_of(buffer[end + 2 : key])
        if length is None or key < 0:
            break
        key += 2
        end = key + length + 2
        name = buffer[key : end - 2]
        while more:
            after = find(CRLF, end)
            length = size_of(buffer[end:after])
            if length is None or after < 0:
                break
            end = after + length + 4
            more -= 1
        if more or end > size:
            break
        slot = slot_of(name) if b"{" in name else crc_hqx(name, 0) & 16383
        call = Call(session, buffer[at:end], slot)
        expect(call)
        link = links[owner[slot]]
        link.queue.append(call)
        if link.calm:
            mark(link)
        at = end
        room -= 1
    return at
