"""The product's settings, and one address more: an empty view behind the same middleware, to measure against."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
