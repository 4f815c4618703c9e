"""The tool cannot go on. A bad environment never raises: its problems are findings."""


class CannotGoOn(Exception):
    """Wrong use, or a world that does not let the tool work (no repository, a read-only disk); exit code 2.

    `fix` says in one sentence what the user can do about it.
    """

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix
