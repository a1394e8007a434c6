"""One file for each kind of figure; each has `rows(site)`."""
