"""Errors meant for people."""


class DogearError(Exception):
    """Something a person can act on: the message names the thing and the way out, in one line."""
