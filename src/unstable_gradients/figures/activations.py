"""Figures of lesson 7, Activations."""
