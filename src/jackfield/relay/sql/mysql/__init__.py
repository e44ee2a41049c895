"""MySQL's protocol, as far as splitting needs it."""
