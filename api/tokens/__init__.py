"""Access tokens: given to who shows an API key, signed here, and taken wherever a key is."""
