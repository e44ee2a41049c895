"""Read/write splitting: one address before a primary server and its read-only ones, statement by statement.

Reads outside transactions go to the servers by weight; everything else goes to the primary, and so does whatever is in
doubt. A session that may have state of its own (a setting, a temporary table, a lock) stays with the primary.
"""
