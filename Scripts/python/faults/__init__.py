"""Lets calls fail, kills runs and cuts the power, and looks at what is left of sixdof's outputs."""
