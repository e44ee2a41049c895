"""Who may call: accounts, their access keys, and the principals that keys stand for."""
