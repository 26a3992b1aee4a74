"""Where bars can be fetched from: all off until `KALPI_HOME/pipeline.toml` declares one."""
