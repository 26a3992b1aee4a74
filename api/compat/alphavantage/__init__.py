"""Alpha Vantage's functions. One address answers all of them, in its shapes, with proper status codes."""
