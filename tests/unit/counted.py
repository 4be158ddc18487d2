"""A pipeline for the server of refining processes, which begins before the sandbox is imported as a whole."""

from docmill.pipeline import Pipeline

__all__ = ["Counted"]


class Counted(Pipeline):
    """Notes each loading of its models in a file."""

    def warm_up(self) -> None:
        """A line for each."""
        with (self.settings.state_dir / "loaded").open("a") as file:
            file.write("once\n")
