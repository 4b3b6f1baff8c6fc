"""The player's real JavaScript and its real Python half, tied together without a notebook.

What JupyterLab and anywidget do is played by a few lines: traits, change events, messages.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from cwm_lab.notebook import player as player_module
from cwm_lab.notebook.player import Player

_SKIP = {"_esm", "_css", "layout", "comm"}
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Player</title>
<style>body {{ margin: 12px; background: var(--page, #fff); }} {style}</style></head>
<body data-jp-theme-light="{light}" style="--page: {page}"><main></main></body></html>"""
_START = """async ([code, states]) => {
  const module = await import(URL.createObjectURL(new Blob([code], {type: "text/javascript"})));
  window.models = states.map((state, index) => {
    const handlers = {};
    const fire = (event, ...rest) => { for (const f of [...(handlers[event] ?? [])]) f(...rest); };
    const model = {
      get: (name) => state[name],
      set(name, value) {
        state[name] = value;
        this.changed = {...this.changed, [name]: value};
      },
      save_changes() {
        window.python(index, JSON.stringify({set: this.changed}));
        this.changed = {};
      },
      on: (event, f) => { (handlers[event] ??= []).push(f); },
      off: (event, f) => { handlers[event] = (handlers[event] ?? []).filter((g) => g !== f); },
      send(message) {
        window.python(index, JSON.stringify({message})).then((all) => model.receive(all));
      },
      receive(all) {
        const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        for (const [content, buffers] of all.sent) {
          fire("msg:custom", content, buffers.map((text) => new DataView(bytes(text).buffer)));
        }
        Object.assign(state, all.state);
        for (const name of Object.keys(all.state)) fire(`change:${name}`);
      },
      fire,
    };
    const place = document.createElement("div");
    document.querySelector("main").append(place);
    model.close = module.default.render({model, el: place});
    return model;
  });
}"""


@dataclass
class Stage:
    """Some players on one page."""

    page: Page
    players: list[Player] = field(default_factory=list)
    silent: bool = False
    requests: list[dict[str, Any]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    unknown: frozenset[str] = frozenset()
    """Traits that the page does not get, as in a notebook that an older version saved."""

    def show(self, *players: Player, theme: str = "light") -> Locator:
        """Open a page with these players; gives the first one's root."""
        static = Path(player_module.__file__).parent / "static"
        self.players = list(players)
        self._sent: list[list[Any]] = [[] for _ in players]
        self._known = [self._state(player) for player in players]
        for index, player in enumerate(players):
            self._tap(index, player)
        light = theme == "light"
        style = (static / "player.css").read_text("utf-8")
        page = "#fff" if light else "#111"
        self.page.on("pageerror", lambda error: self.complaints.append(str(error.stack)))
        self.page.on("console", self._console)
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        self.page.expose_function("python", self._python)
        html = _PAGE.format(style=style, light=str(light).lower(), page=page)
        if not light:  # no theme of a notebook: the system's preference counts
            html = html.replace(' data-jp-theme-light="false"', "")
        self.page.set_content(html)
        code = (static / "player.js").read_text("utf-8")
        self.page.evaluate(_START, [code, self._known])
        return self.page.locator(".cwm-player").first

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _tap(self, index: int, player: Player) -> None:
        def send(content: Any, buffers: Any = None) -> None:
            texts = [base64.b64encode(part).decode() for part in buffers or []]
            self._sent[index].append([json.loads(json.dumps(content)), texts])

        player.send = send  # type: ignore[method-assign]

    def _state(self, player: Player) -> dict[str, Any]:
        left_out = _SKIP | self.unknown
        state = {k: v for k, v in player.get_state().items() if k not in left_out}
        found: dict[str, Any] = json.loads(json.dumps(state))
        return found

    def _python(self, index: int, text: str) -> dict[str, Any]:
        """What a browser does, as the kernel would take it."""
        data = json.loads(text)
        player = self.players[index]
        if "set" in data:
            for name, value in data["set"].items():
                setattr(player, name, value)
                self._known[index][name] = value
            return {"sent": [], "state": {}}
        self.requests.append(data["message"])
        if self.silent:
            return {"sent": [], "state": {}}
        player._handle_custom_msg(data["message"], [])
        return self._news(index)

    def _news(self, index: int) -> dict[str, Any]:
        sent, self._sent[index] = self._sent[index], []
        state = self._state(self.players[index])
        news = {k: v for k, v in state.items() if v != self._known[index].get(k)}
        self._known[index] = state
        return {"sent": sent, "state": news}

    def flush(self, index: int = 0) -> None:
        """Bring to the page what Python did meanwhile."""
        self.page.evaluate("([i, all]) => models[i].receive(all)", [index, self._news(index)])
        self.settle()

    def settle(self) -> None:
        self.page.evaluate(
            "() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))"
        )


def slider(player: Locator) -> Locator:
    return player.get_by_role("slider", name="Step")


def number(player: Locator, what: str) -> int:
    player.page.evaluate("() => new Promise(requestAnimationFrame)")
    return int(slider(player).get_attribute(f"aria-value{what}") or 0)


def faults(stage: Stage) -> list[tuple[str, list[str]]]:
    """What axe-core, which the page must have, finds serious: rule and elements."""
    stage.settle()
    found = stage.page.evaluate("() => axe.run('.cwm-player', {resultTypes: ['violations']})")
    return [
        (fault["id"], [node["html"][:160] for node in fault["nodes"][:3]])
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
