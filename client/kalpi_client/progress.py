"""How far a question of many requests is, told page by page; and a bar for a terminal, with rich."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import TaskID


@dataclass(frozen=True)
class Step:
    """A page that came: which of the question's it is, and how many rows there are up to it."""

    name: str
    page: int
    rows: int
    is_last: bool


Progress = Callable[[Step], None]


class Bar:
    """A bar for a client's `progress`: `with Bar() as bar, Client(progress=bar) as kalpi: ...`. Needs rich."""

    def __init__(self) -> None:
        from rich import progress  # noqa: PLC0415 - only who wants a bar has it

        columns = progress.SpinnerColumn(), "{task.description}", progress.TimeElapsedColumn()
        self._shown = progress.Progress(*columns, transient=True)
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._shown.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._shown.stop()

    def __call__(self, step: Step) -> None:
        """Show a page, and nothing any more after the last."""
        text = f"{step.name}: {step.page} pages, {step.rows:,} rows"
        if self._task is None:
            self._task = self._shown.add_task(text, total=None)
        self._shown.update(self._task, description=text)
        if step.is_last:
            self._shown.remove_task(self._task)
            self._task = None
