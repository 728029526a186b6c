"""The course of course.py, graded once for all tests."""

import csv
import socket
import threading

import pytest

from book_tools.grading import batch
from book_tools.homework import secret

from .course import BOOK, LIMITS, hand_in_attacks, hand_in_the_rest


class Graded:
    """What came out: results and rows by submission, and what was on the machine meanwhile."""

    def __init__(self, results, out, submissions, key, reached):
        self.results = {result.submission: result for result in results}
        self.out, self.submissions, self.key, self.reached = out, submissions, key, reached
        with (out / "gradebook.csv").open(encoding="utf-8", newline="") as file:
            self.rows = {row["submission"].removeprefix("'"): row for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def listener():
    """A server on this machine that notes who reaches it: port, and the list."""
    server, reached = socket.create_server(("127.0.0.1", 0)), []

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            reached.append(connection.recv(100))

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1], reached
    server.close()


@pytest.fixture(scope="session")
def graded(tmp_path_factory, listener):
    """A folder with honest submissions among all attacks, graded."""
    top = tmp_path_factory.mktemp("course")
    folder, out, key = top / "submissions", top / "out", top / "course.key"
    folder.mkdir()
    secret.create(key)
    facts = {
        "PORT": listener[0],
        "OUTSIDE": [str(key), str(out / "gradebook.csv"), str(BOOK.root / "gradebook.csv")],
        "MASTERS": str(BOOK.root / "book" / "homework"),
        "SUBMISSIONS": str(folder),
    }
    hand_in_attacks(folder, facts)
    hand_in_the_rest(folder)
    results = batch.grade(BOOK, folder, key, out, limits=LIMITS)
    return Graded(results, out, folder, key, listener[1])
