"""The names of YAML functions; `SUPPORTED` are those that a configuration file may use."""

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
# Of manifests only, whose values may be templates.
LITERAL = "!literal"

SUPPORTED = (ENV, EXEC, INCLUDE, INCLUDE_RAW, REPO_ROOT, GIT_ROOT, CWD, RANDOM, APPEND, UNSET)
