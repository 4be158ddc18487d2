"""Prefect flows: ingest and sweep."""
