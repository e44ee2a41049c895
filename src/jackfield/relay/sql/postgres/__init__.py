"""PostgreSQL's protocol 3, as far as splitting needs it."""
