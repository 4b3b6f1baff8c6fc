"""What requests bring: checked at the edge, unknown fields refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt

from cwm_lab.trace.program import MAX_SOURCE_CHARS

MOST_STEPS = 100_000
Name = Annotated[str | None, Field(max_length=1000)]


class Body(BaseModel):
    """A request's body, without fields that nobody knows."""

    model_config = ConfigDict(extra="forbid")


class ProgramIn(Body):
    """A program, as `cwm-lab/trace@1` has it. It is never run."""

    source: str = Field(max_length=MAX_SOURCE_CHARS)
    filename: str = Field("<cell>", max_length=1000)
    context: str = Field("", max_length=MAX_SOURCE_CHARS)
    stdin: list[str] = Field(default_factory=list, max_length=10_000)
    entry: str | None = Field(None, max_length=10_000)

    def told(self) -> dict[str, Any]:
        """As the worker takes it; by what it is called nobody predicts otherwise."""
        return {**self.model_dump(), "filename": "<cell>"}


class TraceRequest(Body):
    """adapter: with which the model is to answer. after: how many steps the client has already; the
    stream goes on behind them."""

    program: ProgramIn
    model: Name = None
    adapter: Name = None
    max_steps: int = Field(1000, ge=1, le=MOST_STEPS)
    after: int = Field(0, ge=0, le=MOST_STEPS)


class Change(Body):
    """What if: at a step, names of its frame have other values, written as Python writes them."""

    at: int = Field(ge=0, le=MOST_STEPS)
    values: dict[str, Annotated[str, Field(max_length=10_000)]] = Field(max_length=1000)


class ProgramStart(Body):
    """The start of a program."""

    program: ProgramIn


class TraceStart(Body):
    """A step of a `cwm-lab/trace@1` document, recorded or predicted; the last one without index."""

    trace: dict[str, Any]
    index: int | None = Field(None, ge=0, le=MOST_STEPS)


class ContinuationRequest(Body):
    """A prediction from a step on. changes: made one after the other. The stream has all steps, the
    known ones too, from `after` on."""

    start: ProgramStart | TraceStart
    changes: list[Change] = Field(default_factory=list, max_length=100)
    model: Name = None
    adapter: Name = None
    max_steps: int = Field(1000, ge=1, le=MOST_STEPS)
    after: int = Field(0, ge=0, le=MOST_STEPS)


class ResyncRequest(Body):
    """trace: a recorded `cwm-lab/trace@1` document."""

    trace: dict[str, Any]
    model: Name = None
    adapter: Name = None


def _whole(number: Any) -> Any:
    """45.0 is a whole number in JSON; true is none."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


TokenId = Annotated[StrictInt, Field(ge=0, le=2**31), BeforeValidator(_whole)]
Prompt = (
    Annotated[str, Field(min_length=1, max_length=MAX_SOURCE_CHARS)]
    | Annotated[list[TokenId], Field(min_length=1, max_length=1_000_000)]
)


class StreamOptions(Body):
    """include_usage: a last chunk that counts tokens."""

    include_usage: bool = False
    continuous_usage_stats: Literal[False] = False


class CompletionRequest(Body):
    """OpenAI's completions, as far as a model that always gives the likeliest token can serve them;
    the fields below `stop_token_ids` are vLLM's."""

    model: Annotated[str, Field(max_length=1000)]
    prompt: Prompt
    max_tokens: int = Field(16, ge=1, le=1_000_000)
    stream: bool = False
    stream_options: StreamOptions | None = None
    stop: (
        Annotated[str, Field(min_length=1, max_length=100)]
        | Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=16)]
        | None
    ) = None
    logprobs: int | None = Field(None, ge=0, le=1)
    temperature: float | None = Field(None, ge=0, le=0)
    top_p: float | None = Field(None, gt=0, le=1)
    n: Literal[1] | None = None
    best_of: Literal[1] | None = None
    echo: Literal[False] | None = None
    presence_penalty: float | None = Field(None, ge=0, le=0)
    frequency_penalty: float | None = Field(None, ge=0, le=0)
    seed: int | None = None
    user: str | None = Field(None, max_length=1000)
    stop_token_ids: list[TokenId] | None = Field(None, max_length=100)
    skip_special_tokens: bool = True
    spaces_between_special_tokens: bool = True
    add_special_tokens: bool = True
    return_token_ids: bool | None = None


class TokenizeRequest(Body):
    """vLLM's `/tokenize`."""

    model: Annotated[str, Field(max_length=1000)]
    prompt: Annotated[str, Field(max_length=MAX_SOURCE_CHARS)]
    add_special_tokens: bool = True
