"""The same thing done several times at once."""

import threading
from collections.abc import Callable

from django.db import connections as databases


def together[T](count: int, work: Callable[[], T]) -> list[T]:
    """Do the same in several threads at once; what each of them got."""
    got: list[T] = []
    start = threading.Barrier(count)

    def one() -> None:
        start.wait()
        try:
            got.append(work())
        finally:
            databases.close_all()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == count
    return got
