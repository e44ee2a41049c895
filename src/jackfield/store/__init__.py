"""The store: what there is, who holds which name, what is due, what happened."""
