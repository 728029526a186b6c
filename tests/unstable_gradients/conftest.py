"""Hypothesis for the whole folder: no time limit on one example, since the first call of a run fills caches."""

from hypothesis import settings

settings.register_profile("package", deadline=None)
settings.load_profile("package")
