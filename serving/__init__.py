"""The programs that answer over HTTP."""
