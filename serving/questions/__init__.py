"""What can be asked of the marts, and how it is answered. Nothing here knows HTTP."""
