"""Who may ask: accounts, their API keys, and the tiers that say how much."""
