"""What deploys Kalpi."""
