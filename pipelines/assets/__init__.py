"""The assets: one module for each floor of the graph."""
