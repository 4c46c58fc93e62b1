"""SQL from Jinja templates: the macros of Superset, and values from outside that cannot leave the place they land in."""
