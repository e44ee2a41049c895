"""What the products share about endpoints: their record, their names, addresses and whitelists."""
