"""Scripts that make the models committed in docmill; not part of the package."""
