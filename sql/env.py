"""Run by Alembic: the migrations of ``versions/``, inside the transaction that the caller has opened."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="ops")
context.run_migrations()
