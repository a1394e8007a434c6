"""Health, conventions of the web, the standing pages, and what is said when something went wrong."""
