"""How one version takes another's place: each way with its checks, and its way back. Needs nothing but Python."""
