"""Files for a Prefect server: `prefect.yaml` (deployments) and `automations/`."""
