"""Figures of lesson 8, Initialization."""
