"""The refining processes: long-lived children behind pipes, so that no document can hang, bloat or end the parent.

Each child is forked from a server that has the parsers preloaded (spawned, where there is no fork). A document is
sent to it once and its finished record comes back. A child that does not answer in time or dies is killed and
replaced; its document becomes a rejection, and no other document is affected.
"""

from docmill.sandbox.inline import InlinePool
from docmill.sandbox.pool import Pool, RefinePool, heat_up, open_pool
from docmill.sandbox.refined import Refined, Refiner

__all__ = ["InlinePool", "Pool", "RefinePool", "Refined", "Refiner", "heat_up", "open_pool"]
