"""The names of the YAML functions that a configuration file may use."""

ENV = "!env"
EXEC = "!exec"
INCLUDE = "!include"
INCLUDE_RAW = "!include.raw"
REPO_ROOT = "!repo-root"
GIT_ROOT = "!git.root"
CWD = "!cwd"
RANDOM = "!random"
APPEND = "!append"
UNSET = "!unset"

SUPPORTED = (ENV, EXEC, INCLUDE, INCLUDE_RAW, REPO_ROOT, GIT_ROOT, CWD, RANDOM, APPEND, UNSET)
