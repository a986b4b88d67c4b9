"""PostgreSQL and Redis: the engine, the commit point, migrations."""
