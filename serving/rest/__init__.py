"""The API over HTTP. What it answers is found below, in ``questions``."""
