"""Intake: what stores say of their objects, turned into keys to look at.

`events` reads notifications, in whatever they are wrapped; `queue` is what they wait in until the work is done, with
an in-memory fake; `sqs` and `spool` are real ones; `listener` takes batches from a queue; `webhook` puts what is
posted into one.
"""
