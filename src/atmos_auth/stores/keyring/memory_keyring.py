"""The keyring that ends with the process."""

from atmos_auth.stores.keyring.text_keyring import TextKeyring


class MemoryKeyring(TextKeyring):
    """Entries in a dictionary; several realms may share one."""

    def __init__(self, *, realm: str = "", shared: dict[str, str] | None = None) -> None:
        super().__init__("memory keyring (of this process alone)", DictionaryTexts(shared), realm=realm)


class DictionaryTexts:
    """Texts by key, in a dictionary."""

    def __init__(self, texts: dict[str, str] | None = None) -> None:
        self._texts = {} if texts is None else texts

    def read(self, key: str) -> str | None:
        """Return the text; None when there is none."""
        return self._texts.get(key)

    def write(self, key: str, text: str, title: str) -> None:
        """Replace the text."""
        self._texts[key] = text

    def remove(self, key: str) -> None:
        """Forget the text, if it is there."""
        self._texts.pop(key, None)

    def all(self) -> list[str]:
        """Return every text."""
        return list(self._texts.values())
