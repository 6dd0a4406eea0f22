"""Opens the report of `sixdof check` in Chromium and uses it as a reader does."""
