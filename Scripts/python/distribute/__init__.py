"""Has an engine that runs on several machines do the parts of a plan. Needs Python's standard library alone."""
