"""What was asked and answered, and what matters for security: kept in Postgres, written off the request path."""
