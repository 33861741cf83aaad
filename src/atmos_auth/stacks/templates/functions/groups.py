"""Functions of gomplate that stand in groups: `strings.ToUpper`; many are Sprig's with the group before the name."""

from typing import Any

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.functions import defaults, encoding, lists, maps, numbers, paths, text
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.values import MOST_PARTS, gathered, is_true, kind, pairs, plain

TRUE = ("1", "t", "true", "yes")


def to_bool(value: Any) -> bool:
    """Tell whether a value means true: 1, and the words `1`, `t`, `true` and `yes`."""
    return value.lower() in TRUE if isinstance(value, str) else not isinstance(value, (list, dict)) and value == 1


def has(of: Any, item: Any) -> bool:
    """Tell whether a map has a key, or a list an item."""
    return (
        item in of
        if isinstance(of, dict) and isinstance(item, str)
        else lists.has(item, of if isinstance(of, list) else [])
    )


def flat(items: list[Any], depth: int = -1) -> list[Any]:
    """Put the items of inner lists in their place."""
    found: list[Any] = []
    for item in items:
        if isinstance(item, list) and depth != 0:
            found += flat(item, depth - 1)
        else:
            found.append(item)
        if len(found) > MOST_PARTS:
            raise Refused(f"would make a list of more than {MOST_PARTS}")
    return found


def read(wanted: str, name: str) -> Any:
    """Make a function that reads text, and wants a map or a list in it."""
    reader = encoding.read_json if name == "JSON" else encoding.read_yaml

    def reading(source: str) -> Any:
        value = reader(source)
        if kind(value) != wanted:
            raise Refused(f"was given {name} that is no {'map' if wanted == 'map' else 'list'}")
        return value

    return reading


def joined(items: Any, separator: str) -> str:
    """Join the values of a list."""
    return gathered(text.strings(items), separator)


def indent(*arguments: Any) -> str:
    """Indent every line, by blanks or by a text of one's own."""
    *how, of = arguments
    if not isinstance(of, str) or len(how) > 2 or (len(how) == 2 and not isinstance(how[1], str)):
        raise Refused("takes a width, a text to indent with, and the text")
    width = how[0] if how and isinstance(how[0], int) else 1
    pad = how[-1] if how and isinstance(how[-1], str) else " "
    if width < 0:
        raise Refused("cannot indent by less than zero")
    text.bounded(len(of) + width * len(pad) * (of.count("\n") + 1))
    return "\n".join(pad * width + line if line else line for line in of.split("\n"))


FUNCTIONS = (
    Function("strings.ToUpper", "any", lambda value: text.upper(plain(value))),
    Function("strings.ToLower", "any", lambda value: text.lower(plain(value))),
    Function("strings.Title", "any", lambda value: text.title(plain(value))),
    Function("strings.TrimSpace", "any", lambda value: plain(value).strip()),
    Function("strings.Trim", "text any", lambda cut, value: text.trim_all(cut, plain(value))),
    Function("strings.TrimPrefix", "text any", lambda cut, value: plain(value).removeprefix(cut)),
    Function("strings.TrimSuffix", "text any", lambda cut, value: plain(value).removesuffix(cut)),
    Function("strings.ReplaceAll", "text text any", lambda old, new, value: text.replace(old, new, plain(value))),
    Function("strings.Contains", "text any", lambda part, value: part in plain(value)),
    Function("strings.HasPrefix", "text any", lambda part, value: plain(value).startswith(part)),
    Function("strings.HasSuffix", "text any", lambda part, value: plain(value).endswith(part)),
    Function("strings.Split", "text any", lambda by, value: text.split(by, plain(value))),
    Function("strings.SplitN", "text int any", lambda by, most, value: text.split(by, plain(value), most)),
    Function("strings.Repeat", "int any", lambda count, value: text.repeat(count, plain(value))),
    Function("strings.Indent", "any any…", indent),
    Function(
        "strings.Trunc",
        "int any",
        lambda count, value: text.truncated(count, plain(value)) if count >= 0 else plain(value),
    ),
    Function("strings.Quote", "any", lambda value: text.quoted(plain(value))),
    Function("strings.Squote", "any", lambda value: "'" + plain(value).replace("'", "''") + "'"),
    Function("strings.RuneCount", "any…", lambda *values: sum(len(plain(value)) for value in values)),
    Function("conv.ToString", "any", plain),
    Function("conv.ToStrings", "any…", lambda *values: [plain(value) for value in values]),
    Function("conv.ToInt", "any", numbers.whole),
    Function("conv.ToInt64", "any", numbers.whole),
    Function("conv.ToFloat64", "any", numbers.fraction),
    Function("conv.ToBool", "any", to_bool),
    Function("conv.Bool", "any", to_bool),
    Function("conv.Join", "any text", joined),
    Function("conv.Default", "any any", defaults.default),
    Function("conv.Dict", "any…", maps.made),
    Function("conv.URL", "text", paths.url_parse),
    Function("coll.Slice", "any…", lambda *items: list(items)),
    Function("coll.Dict", "any…", maps.made),
    Function("coll.Has", "any any", has),
    Function("coll.Keys", "map…", maps.keys),
    Function("coll.Values", "map…", lambda *of: [value for one in of for _, value in pairs(one)]),
    Function("coll.Append", "any list", lambda item, items: [*items, item]),
    Function("coll.Prepend", "any list", lambda item, items: [item, *items]),
    Function("coll.Uniq", "list", lists.uniq),
    Function("coll.Reverse", "list", lambda items: items[::-1]),
    Function("coll.Flatten", "list", flat),
    Function("coll.Merge", "map map…", maps.merge),
    Function("data.ToJSON", "any", encoding.to_raw_json),
    Function("data.ToJSONPretty", "text any", encoding.to_indented_json),
    Function("data.ToYAML", "any", encoding.to_yaml),
    Function("toYAML", "any", encoding.to_yaml),
    Function("toJSON", "any", encoding.to_raw_json),
    Function("toJSONPretty", "text any", encoding.to_indented_json),
    Function("json", "text", read("map", "JSON")),
    Function("jsonArray", "text", read("slice", "JSON")),
    Function("yaml", "text", read("map", "YAML")),
    Function("yamlArray", "text", read("slice", "YAML")),
    Function("data.JSON", "text", read("map", "JSON")),
    Function("data.JSONArray", "text", read("slice", "JSON")),
    Function("data.YAML", "text", read("map", "YAML")),
    Function("data.YAMLArray", "text", read("slice", "YAML")),
    Function("base64.Encode", "any", lambda value: encoding.b64enc(plain(value))),
    Function("base64.Decode", "any", lambda value: encoding.b64dec(plain(value))),
    Function("crypto.SHA256", "any", lambda value: encoding.sha(256, plain(value))),
    Function("path.Base", "any", lambda value: paths.base(plain(value))),
    Function("path.Dir", "any", lambda value: paths.folder(plain(value))),
    Function("path.Ext", "any", lambda value: paths.extension(plain(value))),
    Function(
        "path.Join",
        "any…",
        lambda *parts: paths.clean("/".join(filter(None, map(plain, parts)))) if any(map(is_true, parts)) else "",
    ),
)
