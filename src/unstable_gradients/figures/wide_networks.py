"""Figures of lesson 5, Wide networks."""
