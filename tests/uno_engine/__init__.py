"""A second xlwings engine, for tests: a headless LibreOffice, which really calculates.

Our file engine (``xl_relances.headless``) says what Excel does; LibreOffice, which nobody
here wrote, can contradict it. Entry points::

    office = Office.start(program, profile)     # one soffice; the fixture ``office`` does it
    book = office.open(path)                    # an xw.Book, like any other

It speaks UNO through Debian's python3-uno, knows as much of the xlwings API as our code
calls, and leaves to LibreOffice whatever LibreOffice can decide: what a typed text becomes,
what a formula is worth, what a filter hides. What Excel does and LibreOffice does not is
listed in ``tests/headless/libreoffice_differs.py``.
"""

from uno_engine.office import Office, uno_missing

__all__ = ["Office", "uno_missing"]
