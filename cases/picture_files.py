"""The names and sizes of the files of a picture. Pure."""

FOLDER = "pictures"
WIDTHS = (160, 480, 960)
FORMATS = {"WEBP": {"quality": 80, "method": 4}, "JPEG": {"quality": 82, "optimize": True, "progressive": True}}
SUFFIXES = {"webp": ("WEBP", "image/webp"), "jpg": ("JPEG", "image/jpeg")}
"""The end of a file's name → what Pillow calls the format, and what the web does."""


def file_name(stem, width, kind):
    suffix = next(suffix for suffix, (known, _type) in SUFFIXES.items() if known == kind)
    return f"{stem}-{width}.{suffix}"


def size_at(width, full_width, full_height):
    """Width and height of the file for `width`: in proportion, and never larger than the picture is."""
    width = min(width, full_width)
    return width, max(round(full_height * width / full_width), 1)
