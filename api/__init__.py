"""The HTTP door: accounts, keys, tiers, quotas, routes and errors."""
