"""The taxonomies docmill ships, one TOML file each."""
