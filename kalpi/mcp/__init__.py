"""A Model Context Protocol server: an API that runs, as tools for a language model, each answer within a budget."""
