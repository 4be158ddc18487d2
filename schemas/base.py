"""What every docmill model has in common."""

from pydantic import BaseModel, ConfigDict

__all__ = ["Model"]


class Model(BaseModel):
    """A frozen value: never mutated, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
