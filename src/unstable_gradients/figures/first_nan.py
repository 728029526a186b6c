"""Figures of lesson 6, The first NaN."""
