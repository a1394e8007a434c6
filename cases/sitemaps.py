"""What search engines are told of cases."""

sitemaps: dict = {}
