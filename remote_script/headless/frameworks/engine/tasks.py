"""Tasks: work of a script over time, one step per update of the display (about 100 ms).

A group updates its tasks in order and iterates over the list itself, so a task that is added during the update
still runs in this update; therefore a delay of 0 from inside runs in the same pass, and a delay of n runs n updates
later. An exception in a task is logged and ends only that task. Durations of `wait` are seconds, of `delay`
updates.
"""

from __future__ import annotations

import functools
import traceback
from typing import Any, Callable, Iterable, List, Optional

from .dependency import Injection
from .tools import linear as linear_between
from .tools import nop

KILLED, RUNNING, PAUSED = 0, 1, 2


class TaskError(Exception):
    """An invalid use of a task."""


class Task:
    """Runs until it is killed; `restart` starts the task again, also a killed one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._state = RUNNING
        self._next: List[Any] = []
        self._task_manager: Any = None

    def do_update(self, timer: float) -> None:
        """Perform one step."""

    def do_restart(self) -> None:
        """Return to the start state."""

    def clear(self) -> None:
        """Remove all tasks from the group."""

    def update(self, timer: float) -> int:
        if self._state == RUNNING:
            self.do_update(timer)
        return self._state

    def _become(self, state: int) -> Any:
        if self._state != KILLED:
            self._state = state
        return self

    def pause(self) -> Any:
        return self._become(PAUSED)

    def resume(self) -> Any:
        return self._become(RUNNING)

    def restart(self) -> Any:
        self.do_restart()
        self._state = RUNNING
        manager = self._task_manager
        if manager is not None and manager.find(self) is None:
            self._task_manager = None
            manager.add(self)
        return self

    def kill(self) -> Any:
        self._state = KILLED
        if self._task_manager is not None:
            for task in self._next:
                self._task_manager.add(task)
        return self

    @property
    def state(self) -> int:
        return self._state

    @property
    def is_running(self) -> bool:
        return self._state == RUNNING

    @property
    def is_paused(self) -> bool:
        return self._state == PAUSED

    @property
    def is_killed(self) -> bool:
        return self._state == KILLED

    def _set_parent(self, manager: Any) -> None:
        if manager is not None and self._task_manager is not None:
            raise TaskError("a task belongs to one group, this one already to %r" % (self._task_manager,))
        self._task_manager = manager

    def _task_equivalent(self, other: Any) -> bool:
        return bool(self == other)


class WrapperTask(Task):
    """Runs another task as a part of itself."""

    def __init__(self, wrapped_task: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wrapped_task = wrapped_task

    def update(self, delta: float) -> int:
        super().update(delta)
        self.wrapped_task.update(delta)
        return self._state

    def _set_parent(self, manager: Any) -> None:
        super()._set_parent(manager)
        self.wrapped_task._set_parent(manager)

    def _task_equivalent(self, other: Any) -> bool:
        return bool(self.wrapped_task._task_equivalent(other))


class FuncTask(Task):
    """Calls a function at each update, as long as the function returns RUNNING (or any true value)."""

    def __init__(self, func: Any = None, equivalent: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.func = func
        self._equivalent = equivalent

    def _answer(self, action: Any) -> None:
        if not action:
            self.kill()
        elif action == PAUSED:
            self.pause()

    def do_update(self, timer: float) -> None:
        self._answer(self.func(timer))

    def _task_equivalent(self, other: Any) -> bool:
        return any(
            other == equivalent
            for equivalent in (self, self.func, self._equivalent)
            if equivalent is not None
        )


class GeneratorTask(FuncTask):
    """A generator that is advanced at each update; `delta` of its argument has the seconds."""

    class Param:
        delta: float = 0.0

    def __init__(self, generator: Any = None, equivalent: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(generator, equivalent, *args, **kwargs)
        self._param = GeneratorTask.Param()
        self._iterator = generator(self._param)

    def do_update(self, delta: float) -> None:
        self._param.delta = delta
        self._answer(next(self._iterator, KILLED))

    def do_restart(self) -> None:
        self._iterator = self.func(self._param)


class TaskGroup(Task):
    """Several tasks that run at once. The group ends with its last task, unless `auto_kill` is false."""

    auto_kill = True
    auto_remove = True
    loop = False

    def __init__(
        self,
        tasks: Iterable[Any] = (),
        auto_kill: Optional[bool] = None,
        auto_remove: Optional[bool] = None,
        loop: Optional[bool] = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if auto_kill is not None:
            self.auto_kill = auto_kill
        if auto_remove is not None:
            self.auto_remove = auto_remove
        if loop is not None:
            self.loop = loop
        self._tasks: List[Any] = []
        for task in tasks:
            self.add(task)

    def clear(self) -> None:
        gone, self._tasks = self._tasks, []
        for task in gone:
            task._set_parent(None)

    def do_update(self, timer: float, *reporters: Any, **named: Any) -> None:
        # Not a copy: see the module's first lines.
        for task in self._tasks:
            if not task.is_killed:
                try:
                    task.update(timer)
                except Exception:
                    task.kill()
                    report_error("Error when executing task")
        if self.auto_remove:
            self._tasks = [task for task in self._tasks if not task.is_killed]
        if all(task.is_killed for task in self._tasks):
            if self.auto_kill:
                self.kill()
            elif self.loop:
                self.restart()

    def add(self, task: Any) -> Any:
        task = totask(task)
        task._set_parent(self)
        self._tasks.append(task)
        if self.is_killed:
            super().restart()
        return task

    def remove(self, task: Any) -> None:
        self._tasks.remove(task)
        task._set_parent(None)

    def find(self, task: Any) -> Any:
        return next((known for known in self._tasks if known._task_equivalent(task)), None)

    def restart(self) -> Any:
        super().restart()
        for task in self._tasks:
            task.restart()
        return self

    @property
    def count(self) -> int:
        return len(self._tasks)


def report_error(text: str) -> None:
    """Write the current exception to the script's log, if there is a log."""
    provider = Injection.find("log_error")
    if provider is not None:
        provider()(text)
    else:
        print(text)
        traceback.print_exc()


class _Countdown(Task):
    duration: float = 1

    def __init__(self, duration: Optional[float] = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if duration is not None:
            self.duration = duration
        self.remaining = self.duration

    def _step(self, delta: float) -> float:
        raise NotImplementedError("_step")

    def do_update(self, delta: float) -> None:
        self.remaining -= self._step(delta)
        if self.remaining <= 0:
            self.remaining = 0
            self.kill()

    def do_restart(self) -> None:
        self.remaining = self.duration


class WaitTask(_Countdown):
    """Lasts for a number of seconds."""

    duration = 1.0

    def _step(self, delta: float) -> float:
        return delta


class DelayTask(_Countdown):
    """Lasts for a number of updates; at least one."""

    def _step(self, delta: float) -> float:
        return 1


class TimerTask(WaitTask):
    """Calls `on_tick` at each update and `on_finish` at the end."""

    def do_update(self, timer: float) -> None:
        super().do_update(timer)
        if self.remaining == 0:
            self.on_finish()
        else:
            self.on_tick()

    def on_tick(self) -> None:
        """Called at each update."""

    def on_finish(self) -> None:
        """Called at the end."""


class FadeTask(Task):
    """Calls a function with values from 0.0 to 1.0 over a number of seconds."""

    def __init__(
        self,
        func: Callable[[float], Any] = nop,
        duration: float = 1.0,
        loop: bool = False,
        init: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.func, self.duration, self.loop, self.curr = func, duration, loop, 0.0
        if init:
            func(0.0)

    def do_update(self, delta: float) -> None:
        self.func(self.curr / self.duration)
        self.curr += delta
        if self.curr >= self.duration:
            if self.loop:
                self.curr -= self.duration
            else:
                self.curr = self.duration
                self.kill()
                self.func(1.0)

    def do_restart(self) -> None:
        self.curr = 0.0


class SequenceTask(Task):
    """Tasks one after the other; a task starts at the update after the end of the previous one."""

    def __init__(self, tasks: Iterable[Any] = (), *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._tasks: List[Any] = list(tasks)
        self._at = 0
        if not self._tasks:
            self.kill()

    def do_update(self, delta: float) -> None:
        if self._at < len(self._tasks):
            current = self._tasks[self._at]
            current.update(delta)
            if current.is_killed:
                self._at += 1
        if self._at >= len(self._tasks):
            self.kill()

    def do_restart(self) -> None:
        for task in self._tasks:
            task.restart()
        self._at = 0


def totask(task: Any) -> Any:
    if isinstance(task, Task):
        return task
    if not callable(task):
        raise TaskError("a group takes tasks and functions, got %r" % (task,))
    return FuncTask(func=task)


def generator(orig: Any) -> Any:
    """Decorator: a generator function makes tasks."""

    @functools.wraps(orig)
    def make() -> GeneratorTask:
        return GeneratorTask(orig, make)

    return make


def sequence(*tasks: Any) -> SequenceTask:
    return SequenceTask([totask(task) for task in tasks])


def loop(*tasks: Any) -> Any:
    """Run all tasks at once, and restart them when all have ended."""
    return TaskGroup(tasks=tasks, auto_remove=False, auto_kill=False, loop=True)


wait = WaitTask
delay = DelayTask
fade = FadeTask


def linear(f: Callable[[float], Any], min: float, max: float, *args: Any, **kwargs: Any) -> FadeTask:
    return fade(lambda x: f(linear_between(min, max, x)), *args, **kwargs)


def run(func: Any, *args: Any, **kwargs: Any) -> FuncTask:
    """A task that calls a function once."""

    def once(_delta: float) -> None:
        func(*args, **kwargs)

    return FuncTask(once)


def repeat(task: Any) -> WrapperTask:
    """Restart the task whenever it ends."""
    task = totask(task)
    task.kill = task.restart
    return WrapperTask(task)
