"""The script that sites put on their pages, and the parts of it that are loaded on demand. See docs/tracker.md."""
