"""A model behind a URL that speaks OpenAI's interface: asked in JSON, and what comes back is data.

Whoever asks covers personal data before, and checks the answer; nothing that is said is ever done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.errors import ConfigError

if TYPE_CHECKING:
    import httpx

    from kundig.settings.texts import Remote

_SECONDS, _TRIES, _SHOWN = 60, 3, 200


class Endpoint:
    """Where `texts: remote:` points."""

    def __init__(self, remote: Remote, client: httpx.Client | None = None) -> None:
        import httpx  # noqa: PLC0415 -- only where it is configured

        self.remote = remote
        # A redirect would carry the key and the texts elsewhere.
        self._client = client or httpx.Client(timeout=_SECONDS, follow_redirects=False)

    def answer(self, path: str, asked: dict[str, Any]) -> Any:
        """What the model says.

        Raises:
            ConfigError: it is not there, refuses, or does not answer in JSON; three times.
        """
        import httpx  # noqa: PLC0415 -- as above

        url = self.remote.url.rstrip("/") + path
        headers = {"authorization": f"Bearer {self.remote.key}"} if self.remote.key else {}
        fault = ""
        for _ in range(_TRIES):
            try:
                told = self._client.post(url, json=asked, headers=headers)
            except httpx.HTTPError as error:
                fault = str(error) or type(error).__name__
                continue
            if told.is_success:
                try:
                    return told.json()
                except ValueError:
                    raise ConfigError(f"texts.remote: {url} did not answer in JSON; expected a server that speaks OpenAI's interface") from None
            fault = f"HTTP {told.status_code}: {' '.join(told.text.split())[:_SHOWN]}"
            if told.status_code < 500 and told.status_code != 429:  # noqa: PLR2004 -- what another try would not change
                break
        fault = fault.replace(self.remote.key, "…") if self.remote.key else fault
        raise ConfigError(f"texts.remote: {url} does not answer ({fault}); check url, model and key")
