"""Figures of lesson 9, Normalization."""
