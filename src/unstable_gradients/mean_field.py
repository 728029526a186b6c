"""Signal propagation in wide random networks: the mean-field maps."""
