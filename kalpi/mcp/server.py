"""The server: the tools under their names, and what a model is told when one refuses."""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps

from mcp.server import MCPServer
from mcp.types import CallToolResult, TextContent, ToolAnnotations

from kalpi.mcp.budget import written
from kalpi.mcp.repairs import repaired
from kalpi.mcp.tools import Tools
from kalpi_client import AsyncClient, KalpiError, Problem, Refused

NAMES = ("catalogue", "lookup", "series", "screen", "explain")
_INSTRUCTIONS = (
    "Technical analysis of stocks on daily bars. Values are computed on the whole history. Ask `catalogue` for "
    "indicators and stored columns, `lookup` for values of a day, `series` for values over days, `screen` for symbols "
    "that meet a condition, `explain` for where a value comes from. An error's `corrected` is a request to try next."
)
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_TOLD = ("type", "detail", "parameter", "given", "allowed")


def server(kalpi: AsyncClient) -> MCPServer:
    """Return a server whose tools ask through a client."""
    made = MCPServer("kalpi", instructions=_INSTRUCTIONS, log_level="WARNING")
    tools = Tools(kalpi)
    for name in NAMES:
        made.tool(name, annotations=_READS, structured_output=False)(_refusing(name, getattr(tools, name)))
    return made


def _refusing(name: str, tool: Callable[..., Awaitable[str]]) -> Callable[..., Awaitable[CallToolResult]]:
    """Return a tool that tells what was refused, and the request that would not be."""

    @wraps(tool)
    async def answer(**arguments: object) -> CallToolResult:
        try:
            return _result(await tool(**arguments), is_error=False)
        except Refused as ex:
            told = _told(ex.problem, name, arguments)
        except KalpiError as ex:
            told = {"problem": {"detail": str(ex)}, "corrected": None}
        return _result(written(told), is_error=True)

    return answer


def _result(text: str, *, is_error: bool) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=is_error)


def _told(problem: Problem, tool: str, arguments: Mapping[str, object]) -> dict[str, object]:
    told = {name: getattr(problem, name) for name in _TOLD} | dict(problem.members)
    better = repaired(arguments, problem)
    corrected = None if better is None else {"tool": tool, "arguments": better}
    return {"problem": {name: value for name, value in told.items() if value is not None}, "corrected": corrected}
