"""How long something is still good for, in words."""


def time_left(seconds: float) -> str:
    """Give a span as `11h 59m`, `5m 3s`, `42s`, or `expired`."""
    whole = int(seconds)
    if whole <= 0:
        return "expired"
    if whole >= 3600:
        return f"{whole // 3600}h {whole % 3600 // 60}m"
    return f"{whole // 60}m {whole % 60}s" if whole >= 60 else f"{whole}s"
