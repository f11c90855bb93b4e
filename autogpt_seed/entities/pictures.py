"""Addresses of the images and videos that a marketplace shows."""

from __future__ import annotations

from autogpt_seed.randomness import Stream

_SIDES = (200, 300, 400, 500, 600, 800)
_VIDEOS = ("dQw4w9WgXcQ", "9bZkp7q19f0", "kJQP7kiw5Fk", "RgKAFK5djSk", "L_jWHffIx5E")


def image(stream: Stream) -> str:
    """The address of an image, of 200 to 800 pixels a side."""
    number = stream.integer(1, 1000)
    width, height = stream.pick(_SIDES), stream.pick(_SIDES)
    return f"https://picsum.photos/seed/{number}/{width}/{height}"


def video(stream: Stream) -> str:
    """The address of a video that exists."""
    return f"https://www.youtube.com/watch?v={stream.pick(_VIDEOS)}"
