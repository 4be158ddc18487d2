"""Room for bytes in flight."""

import threading
import time

from docmill.room import Room


def test_a_large_object_is_not_passed_by_for_ever() -> None:
    """Small ones that come after it wait for it, though there is room for them: there would always be some."""
    room, ended, got = Room(10), threading.Event(), threading.Event()

    def small(seconds: float) -> None:
        time.sleep(seconds)
        while not ended.is_set():
            with room.take(1):
                time.sleep(0.04)

    def large() -> None:
        with room.take(100):
            got.set()

    threads = [threading.Thread(target=small, args=[0.01 * number]) for number in range(4)]
    threads.append(threading.Thread(target=large))
    for thread in threads:
        thread.start()
    came = got.wait(20)
    ended.set()
    for thread in threads:
        thread.join()
    assert came
