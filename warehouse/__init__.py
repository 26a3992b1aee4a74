"""Where the warehouse lives: table contracts, the work store, snapshots, and the only door to DuckDB."""
