"""The bounds of one route's memory and patience."""

from __future__ import annotations

MAX_ARGUMENTS = 1024 * 1024
"""Arguments of one request (Redis 6.2: ``processMultibulkBuffer``)."""

MAX_BULK = 512 * 1024 * 1024
"""Bytes of one argument (Redis: ``proto-max-bulk-len``)."""

MAX_LINE = 64 * 1024
"""Bytes of an inline request, or of a length line (Redis: ``PROTO_INLINE_MAX_SIZE``)."""

MAX_QUERY = 1024 * 1024 * 1024
"""Bytes of one request (Redis: ``client-query-buffer-limit``); a client beyond it is cut off."""

STRANGER_ARGUMENTS = 10
"""Arguments of a request of a client that has not authenticated (Redis 6.2.6, CVE-2021-32675)."""

STRANGER_BULK = 16 * 1024
"""Bytes of an argument of such a client."""

WINDOW = 2048
"""Commands of one client that may be unanswered; further ones stay in its socket."""

FIRST_WINDOW = 64
"""Where a client's window begins; it doubles while replies are small, so that no first burst of large ones is held."""

OWED = 4 * 1024 * 1024
"""Bytes of unanswered requests of one client; beyond them nothing is taken from it until they are answered."""

REPLIES = 8 * 1024 * 1024
"""Bytes of replies that the commands in a client's window may bring: large replies make its window smaller."""

BACKLOG = 1024 * 1024
"""Bytes that a client has not read yet; beyond them none of its further commands is started."""

PUSHED = 8 * 1024 * 1024
"""Bytes that a subscribed client has not read; beyond them it is cut off (Redis: ``client-output-buffer-limit``, whose
soft limit for pub/sub it is)."""

CHUNK = 64 * 1024
"""Bytes read from a socket at once."""

BIG = 16 * 1024
"""Bytes of an incomplete request or reply from which on it is collected in one growing buffer."""

BIG_CHUNK = 256 * 1024
"""Bytes read at once while a large request or reply is collected."""

PATIENCE = 5.0
"""Seconds that a command waits for its shard before it was sent."""

RETRY = 0.05
"""Seconds between two attempts at a shard that is away, is loading or asks to try again."""

MAX_HOPS = 5
"""MOVED and ASK replies followed for one command at once; then it pauses, within its patience."""

MAX_TRIES_AGAIN = 10
"""TRYAGAIN replies answered with another attempt before the client gets the error."""

LINGER = 10.0
"""Seconds that the connections of an identity stay open after its last client left."""

SPARE = 16
"""Idle connections kept for transactions and blocking commands, a shard and identity."""

ANSWER = 1.0
"""Seconds that a shard has to verify a password before another shard is asked."""
