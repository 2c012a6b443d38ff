# SPDX-License-Identifier: Apache-2.0
"""What ends the program, and what ends only the description of one operation."""


class ToolError(Exception):
    """Ends the program: what is wrong, and what to try."""

    def __init__(self, what: str, remedy: str):
        super().__init__(what)
        self.remedy = remedy


class NotDescribed(Exception):
    """The words of a hint cannot say what this operation does; the text is the reason."""


class NeedsDatabase(BaseException):
    """upgrade() reads an answer of the database. No Exception, so that no revision catches it."""
