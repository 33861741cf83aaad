"""Running a command that the configuration names, for the one value that it prints."""

from atmos_auth.domain.errors import AuthenticationFailed


def command_output(command: str, *, seconds: float, what: str) -> str:
    """Run `command` through the shell and return its stdout; its stderr and stdin are the person's.

    Raises `AuthenticationFailed`, naming `what` setting, when it fails or is not done after `seconds`; what it
    printed is in no message.
    """
    import subprocess

    try:
        done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, timeout=seconds, check=False)  # noqa: S602
    except subprocess.TimeoutExpired:
        raise AuthenticationFailed(
            f"{what} was not done after {seconds:.0f} seconds", hints=[f"try it in a shell: {command}"]
        ) from None
    if done.returncode != 0:
        raise AuthenticationFailed(
            f"{what} failed with status {done.returncode}", hints=[f"try it in a shell: {command}"]
        )
    return done.stdout.decode(errors="replace")
