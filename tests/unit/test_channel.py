"""Messages between parent and child: whole, in order, and never waited for without end."""

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmill.sandbox.channel import Channel, open_channel


@given(st.lists(st.one_of(st.binary(max_size=20), st.integers(60_000, 200_000).map(bytes)), max_size=8))
def test_messages_come_whole_and_in_order(messages: list[bytes]) -> None:
    """Whatever their sizes, and however many are there to be read at once."""
    one, other = open_channel()
    with one, other, ThreadPoolExecutor(1) as thread:
        sending = thread.submit(lambda: [one.send(message) for message in messages])
        assert [other.receive(seconds=10) for _ in messages] == messages
        sending.result()


def test_large_messages_are_whole() -> None:
    """Larger than what is read at once."""
    one, other = open_channel()
    large = bytes(range(256)) * 20_000
    with one, other, ThreadPoolExecutor(1) as thread:
        sending = thread.submit(lambda: (one.send(large), one.send(b"next")))
        assert other.receive() == large
        assert other.receive() == b"next"
        sending.result()


def test_the_end_a_wait_and_too_long_a_message_are_told_apart() -> None:
    """Each is an error of its own."""
    one, other = open_channel()
    with other:
        with pytest.raises(TimeoutError):
            other.receive(seconds=0.01)
        one.send(b"abc")
        with pytest.raises(OSError, match="3 bytes"):
            other.receive(most=2, seconds=1)
        one.close()
        with pytest.raises(EOFError):
            other.receive(seconds=1)


def test_who_was_answered_at_once_still_sleeps_through_a_long_wait() -> None:
    """Waiting awake is for moments only, and the time limit holds."""
    ours, theirs = open_channel()
    with ours, theirs:
        for _ in range(3):
            theirs.send(b"at once")
            assert ours.receive(seconds=10) == b"at once"
        used = time.thread_time()
        with pytest.raises(TimeoutError):
            ours.receive(seconds=0.5)
        assert time.thread_time() - used < 0.25
        theirs.send(b"later")
        assert ours.receive(seconds=10) == b"later"


def _answer(channel: Channel) -> None:
    channel.send(channel.receive() + b" too")


def test_a_new_process_takes_an_end() -> None:
    """Also one that is not forked."""
    ours, theirs = open_channel()
    process = multiprocessing.get_context("spawn").Process(target=_answer, args=(theirs,))
    with ours:
        with theirs:
            process.start()
        ours.send(b"you")
        assert ours.receive(seconds=30) == b"you too"
        process.join()
        with pytest.raises(EOFError):
            ours.receive(seconds=1)
