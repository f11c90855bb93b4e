"""Whether anything is left after the rollback. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autogpt_seed.verification.report import Check, Outcome


@dataclass(frozen=True)
class Trace:
    """What was found in a new transaction after the rollback.

    `status` is the server's word on the transaction, None inside a caller's own. `compared` are
    the tables and views whose digests were taken before and after, `changed` those where they
    differ, `left` how many of the `injected` rows are still there. `redefined` are the catalogs
    that differ, `moved` the sequences. All of the digests took `seconds`; `passed_by` are the bytes
    of tables of which none was taken.
    """

    status: str | None
    compared: tuple[str, ...]
    changed: tuple[str, ...]
    others_wrote: bool
    injected: int
    left: int
    redefined: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    seconds: float = 0.0
    passed_by: int = 0


def check_trace(trace: Trace) -> tuple[Check, ...]:
    """Whether nothing was left, by the server's word and by comparing contents."""
    return _transaction(trace), _contents(trace), _catalog(trace), _sequences(trace)


def _transaction(trace: Trace) -> Check:
    code = "trace.transaction"
    if trace.status is None:
        title = "The savepoint is rolled back; the transaction is the caller's"
        evidence = ("Only its owner can end it, so the server has no last word on it yet.",)
        return Check(code, title, Outcome.WARNING, evidence)
    evidence = (f"pg_xact_status says: {trace.status}.",)
    if trace.status == "aborted":
        return Check(code, "The server rolled everything back", Outcome.PASSED, evidence)
    return Check(code, "The server did not roll back", Outcome.FAILED, evidence)


def _contents(trace: Trace) -> Check:
    code = "trace.contents"
    if not trace.changed and not trace.left:
        return Check(code, "Nothing was left behind", Outcome.PASSED, tuple(_same(trace)))
    changed = (f"Not as before: {', '.join(trace.changed)}.",) if trace.changed else ()
    evidence = (*changed, _left(trace))
    if trace.others_wrote and not trace.left:
        title = "The contents cannot be compared: other sessions wrote meanwhile"
        return Check(code, title, Outcome.WARNING, evidence)
    remedy = "Look for triggers that write by other sessions, such as dblink."
    return Check(code, "Something was left behind", Outcome.FAILED, evidence, remedy)


def _same(trace: Trace) -> Iterator[str]:
    if trace.passed_by:
        yield f"Identical row by row: {', '.join(trace.compared)}."
        yield (
            f"The tables, of {trace.passed_by / 2**20:,.0f} MiB, were not read through; "
            "--digest all does it."
        )
    else:
        yield f"{len(trace.compared)} tables and views are identical row by row."
    yield _left(trace)
    yield f"Comparing took {trace.seconds:.2f} s."


def _left(trace: Trace) -> str:
    if not trace.left:
        return f"None of the {trace.injected} rows that were added is left."
    return f"{trace.left} of the {trace.injected} rows that were added are left."


def _catalog(trace: Trace) -> Check:
    code = "trace.catalog"
    if not trace.redefined:
        evidence = ("Tables, views, keys, triggers, functions and jobs are as they were.",)
        return Check(code, "The catalog is as it was", Outcome.PASSED, evidence)
    evidence = (f"Not as before: {', '.join(trace.redefined)}.",)
    if trace.others_wrote:
        title = "The catalog changed while other sessions wrote"
        return Check(code, title, Outcome.WARNING, evidence)
    remedy = "Look for triggers and functions that change definitions by other sessions."
    return Check(code, "The catalog is not as it was", Outcome.FAILED, evidence, remedy)


def _sequences(trace: Trace) -> Check:
    """A rollback does not put sequences back; nothing that is done here should move one."""
    code = "trace.sequences"
    if not trace.moved:
        return Check(code, "No sequence moved", Outcome.PASSED)
    evidence = (f"A rollback does not put them back: {', '.join(trace.moved)}.",)
    remedy = "Look for triggers and defaults that take numbers of them. Gaps do no harm."
    return Check(code, "Sequences moved", Outcome.WARNING, evidence, remedy)
