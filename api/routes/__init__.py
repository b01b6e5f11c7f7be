"""The routes, a module per topic."""
