"""Learning: a trained taxonomy from a corpus without labels, from a few labels, or from both."""

__all__: list[str] = []
