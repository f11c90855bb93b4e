"""pg_cron: its jobs, what their commands do, when they run. Read and replayed, never changed."""
