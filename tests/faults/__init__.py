"""Fault injection: docmill is killed, lied to and cut off, and then everything it promises is checked.

`invariants` is what has to hold in the end. `memory` kills the parts within this process, at every single store
request; `world` and `chaos` run the real commands as processes, through `proxy`, which damages what the store answers.
"""
