"""Makes calls on the implementation, with the time stamps next to them."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, NamedTuple, Optional

from .adapter import NO_VALUE, Call, Defect, Outcome

_LONGEST_MESSAGE = 4000


def now() -> int:
    """Nanoseconds of the machine-wide monotonic clock."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


class Made(NamedTuple):
    """A call that ended: what it returned or raised, and when."""

    result: Any
    error: Optional[BaseException]
    invoked: int
    returned: int


def make(call: Call) -> Made:
    """Make the call.  Whatever leaves it is the implementation's, but for a Defect."""
    invoke = call.invoke
    invoked = now()
    try:
        result = invoke()
    except Defect:
        raise
    except BaseException as error:
        return Made(None, error, invoked, now())
    return Made(result, None, invoked, now())


def report(
    call: Call, made: Made, outcome_of: Callable[[BaseException], Outcome]
) -> Dict[str, Any]:
    """The fields of the answer or event for a call that was made."""
    fields: Dict[str, Any] = {}
    if made.error is None:
        name, value = "ok", call.value(made.result)
    else:
        name, value = outcome_of(made.error)
        fields["error"] = error_fields(made.error)
    if value is not NO_VALUE:
        fields["value"] = value
    return {"outcome": name, **fields, "invoked": made.invoked, "returned": made.returned}


def refusal(outcome: str, reason: BaseException) -> Dict[str, Any]:
    """The fields of the answer to a request that was not carried out."""
    return {"outcome": outcome, "error": error_fields(reason)}


def error_fields(error: BaseException) -> Dict[str, str]:
    return {"type": type(error).__name__, "message": str(error)[:_LONGEST_MESSAGE]}
