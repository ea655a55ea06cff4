"""Who may read what in the database."""
