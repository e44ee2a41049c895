"""Real databases: what starts, adopts, watches and ends their processes."""
