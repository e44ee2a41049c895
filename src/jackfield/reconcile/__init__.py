"""Making the world match the store."""
