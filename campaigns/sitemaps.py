"""What search engines are told of campaigns."""

sitemaps: dict = {}
