"""Prefect tasks: thin wrappers with retries around I/O."""
