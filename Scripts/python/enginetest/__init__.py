"""Disturbs engines while they do the parts of a plan, and looks that the parts are those of an undisturbed run."""
