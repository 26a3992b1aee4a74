"""The SQL models, a valid dbt project, and the reader of its graph. It executes nothing."""
