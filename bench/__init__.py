"""Performance figures, taken as ratios in one run: `make bench`."""
