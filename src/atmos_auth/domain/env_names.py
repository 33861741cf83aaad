"""Every environment variable the product reads or writes, each with a sentence."""

from collections.abc import Mapping

# --- selecting -------------------------------------------------------------------------------------------------
ATMOS_IDENTITY = "ATMOS_IDENTITY"  # the identity to use, or false/0/no/off to switch authentication off
ATMOS_STACK = "ATMOS_STACK"  # the stack that is meant where --stack does not say
ATMOS_PROFILE = "ATMOS_PROFILE"  # configuration profiles, separated by commas
ATMOS_AUTH_REALM = "ATMOS_AUTH_REALM"  # namespace that keeps two projects' credentials apart

# --- where the configuration is --------------------------------------------------------------------------------
ATMOS_CLI_CONFIG_PATH = "ATMOS_CLI_CONFIG_PATH"  # directory whose atmos.yaml is laid over the discovered ones
ATMOS_CONFIG = "ATMOS_CONFIG"  # files that replace discovery, separated by commas
ATMOS_CONFIG_PATH = "ATMOS_CONFIG_PATH"  # directories that replace discovery, separated by commas
ATMOS_BASE_PATH = "ATMOS_BASE_PATH"  # root of the project's relative paths
ATMOS_GIT_ROOT_BASEPATH = "ATMOS_GIT_ROOT_BASEPATH"  # false: do not look at the repository's root
ATMOS_WORKFLOWS_BASE_PATH = "ATMOS_WORKFLOWS_BASE_PATH"  # folder of workflow files; wins over workflows.base_path
ATMOS_VERSION_ENFORCEMENT = "ATMOS_VERSION_ENFORCEMENT"  # fatal, warn or silent; wins over version.constraint
ATMOS_CHDIR = "ATMOS_CHDIR"  # directory to change to before anything else

# --- where our own files go ------------------------------------------------------------------------------------
ATMOS_XDG_CONFIG_HOME = "ATMOS_XDG_CONFIG_HOME"  # wins over XDG_CONFIG_HOME
ATMOS_XDG_CACHE_HOME = "ATMOS_XDG_CACHE_HOME"  # wins over XDG_CACHE_HOME
ATMOS_XDG_DATA_HOME = "ATMOS_XDG_DATA_HOME"  # wins over XDG_DATA_HOME
# Where all that is ours is kept.
BASE_FOLDERS = (ATMOS_XDG_CONFIG_HOME, ATMOS_XDG_CACHE_HOME, ATMOS_XDG_DATA_HOME)

# --- talking to a person ---------------------------------------------------------------------------------------
ATMOS_INTERACTIVE = "ATMOS_INTERACTIVE"  # false: never ask
ATMOS_FORCE_TTY = "ATMOS_FORCE_TTY"  # true: show dialogues although stderr is no terminal
ATMOS_AUTH_LOGIN_FLOW = "ATMOS_AUTH_LOGIN_FLOW"  # auto, pkce or device; wins over the provider's login_flow
ATMOS_AUTH_CALLBACK_PORT = "ATMOS_AUTH_CALLBACK_PORT"  # fixed loopback port for the browser's answer
ATMOS_LOGS_LEVEL = "ATMOS_LOGS_LEVEL"  # Trace, Debug, Info, Warn, Error or Off
ATMOS_LOG_LEVEL = "ATMOS_LOG_LEVEL"  # the same, when ATMOS_LOGS_LEVEL is not set
ATMOS_VERBOSE = "ATMOS_VERBOSE"  # true: the level is Debug, where no other is set
ATMOS_LOGS_FILE = "ATMOS_LOGS_FILE"  # file that log lines are appended to

# --- the keyring -----------------------------------------------------------------------------------------------
ATMOS_KEYRING_TYPE = "ATMOS_KEYRING_TYPE"  # system, file or memory; wins over auth.keyring.type
ATMOS_KEYRING_FILE_PATH = "ATMOS_KEYRING_FILE_PATH"  # folder of the file keyring; wins over auth.keyring.spec.path
ATMOS_KEYRING_PASSWORD = "ATMOS_KEYRING_PASSWORD"  # password of the file keyring  # noqa: S105
ATMOS_KEYRING_PASSWORD_ENV = "ATMOS_KEYRING_PASSWORD_ENV"  # name of the variable that holds that password  # noqa: S105

# --- flag defaults ---------------------------------------------------------------------------------------------
ATMOS_AUTH_ENV_FORMAT = "ATMOS_AUTH_ENV_FORMAT"  # auth env --format
ATMOS_AUTH_ENV_MODE = "ATMOS_AUTH_ENV_MODE"  # auth env --mode
ATMOS_AUTH_ENV_OUTPUT_FILE = "ATMOS_AUTH_ENV_OUTPUT_FILE"  # auth env --output-file
ATMOS_SHELL = "ATMOS_SHELL"  # auth shell --shell
ATMOS_AUTH_WHOAMI_OUTPUT = "ATMOS_AUTH_WHOAMI_OUTPUT"  # auth whoami --output
ATMOS_AUTH_VALIDATE_VERBOSE = "ATMOS_AUTH_VALIDATE_VERBOSE"  # auth validate --verbose
ATMOS_WORKFLOW_FILE = "ATMOS_WORKFLOW_FILE"  # workflow --file
ATMOS_WORKFLOW_FROM_STEP = "ATMOS_WORKFLOW_FROM_STEP"  # workflow --from-step
ATMOS_WORKFLOW_DRY_RUN = "ATMOS_WORKFLOW_DRY_RUN"  # workflow --dry-run
ATMOS_DESCRIBE_PROVENANCE = "ATMOS_DESCRIBE_PROVENANCE"  # describe component --provenance
ATMOS_DRY_RUN = "ATMOS_DRY_RUN"  # terraform --dry-run
ATMOS_SKIP_INIT = "ATMOS_SKIP_INIT"  # terraform --skip-init

# --- a shell of ours ---------------------------------------------------------------------------------------------
ATMOS_SHLVL = "ATMOS_SHLVL"  # how deep shells of `auth shell`, steps of workflows and `!exec` are in each other
ATMOS_CLI_PATH = "ATMOS_CLI_PATH"  # set for steps of workflows and custom commands: the program that runs them
ATMOS_SHELL_PROMPT = "ATMOS_SHELL_PROMPT"  # false: `auth shell` leaves the prompt as it is

# --- what a shell of `terraform shell` is for ------------------------------------------------------------------
ATMOS_COMPONENT = "ATMOS_COMPONENT"  # the component
ATMOS_SHELL_WORKING_DIR = "ATMOS_SHELL_WORKING_DIR"  # the folder of its code
ATMOS_TERRAFORM_WORKSPACE = "ATMOS_TERRAFORM_WORKSPACE"  # its workspace

# --- a GitHub Actions job ----------------------------------------------------------------------------------------
GITHUB_ACTIONS = "GITHUB_ACTIONS"  # true in a job: keys and console addresses that are printed are masked in its log
GITHUB_ENV = "GITHUB_ENV"  # file that `auth env --format github` appends to
GITHUB_OUTPUT = "GITHUB_OUTPUT"  # file that `terraform output --format github` appends to
ACTIONS_ID_TOKEN_REQUEST_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"  # where a job asks for its token  # noqa: S105
ACTIONS_ID_TOKEN_REQUEST_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # what it asks with  # noqa: S105

# --- Docker and Kubernetes -------------------------------------------------------------------------------------
DOCKER_CONFIG = "DOCKER_CONFIG"  # folder of Docker's config.json, where `aws/ecr` logs in; programs get it too
KUBECONFIG = "KUBECONFIG"  # programs get the files that were in it, and the one of `aws/eks` after them
KUBE_CONFIG_PATH = "KUBE_CONFIG_PATH"  # the same, for Terraform
KUBERNETES_EXEC_INFO = "KUBERNETES_EXEC_INFO"  # tells `aws eks token` which version of its answer kubectl wants

# --- the AWS CLI's sessions, where `auth.aws.share_cli_sso_cache` lets us have them ----------------------------
AWS_ENDPOINT_URL_SSO = "AWS_ENDPOINT_URL_SSO"  # where the AWS CLI reaches portals: its sessions are used there only
AWS_ENDPOINT_URL = "AWS_ENDPOINT_URL"  # the same, when AWS_ENDPOINT_URL_SSO is not set
AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"  # true: the AWS CLI heeds neither

# --- what a program under an identity receives -----------------------------------------------------------------
AWS_ACCESS_KEY_ID = "AWS_ACCESS_KEY_ID"
AWS_SECRET_ACCESS_KEY = "AWS_SECRET_ACCESS_KEY"  # noqa: S105 - the variable's name
AWS_SESSION_TOKEN = "AWS_SESSION_TOKEN"  # noqa: S105 - the variable's name
AWS_CREDENTIAL_EXPIRATION = "AWS_CREDENTIAL_EXPIRATION"  # end of the keys beside it, RFC 3339
AWS_SHARED_CREDENTIALS_FILE = "AWS_SHARED_CREDENTIALS_FILE"
AWS_CONFIG_FILE = "AWS_CONFIG_FILE"
AWS_PROFILE = "AWS_PROFILE"
AWS_MFA_ARN = "AWS_MFA_ARN"  # MFA device that `auth user configure --from-env` stores with the keys
AWS_REGION = "AWS_REGION"
AWS_DEFAULT_REGION = "AWS_DEFAULT_REGION"
AWS_ENDPOINT_URL_STS = "AWS_ENDPOINT_URL_STS"
AWS_SDK_LOAD_CONFIG = "AWS_SDK_LOAD_CONFIG"  # lets older SDKs read the config file at all
AWS_CONTAINER_CREDENTIALS_FULL_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105 - the variable's name
AWS_EC2_METADATA_DISABLED = "AWS_EC2_METADATA_DISABLED"  # keeps SDKs from falling back to the instance's role

# Any of these, left in a program's environment, would win over the profile we point it at.
CONFLICTING_WITH_PROFILE = (
    AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY,
    AWS_SESSION_TOKEN,
    AWS_CREDENTIAL_EXPIRATION,
    "AWS_SECURITY_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_DEFAULT_PROFILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    AWS_CONTAINER_CREDENTIALS_FULL_URI,
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE,
)

# Any of these decides who one is for the AWS SDK, where no profile of ours is pointed at.
AMBIENT_SOURCES = (*CONFLICTING_WITH_PROFILE, AWS_PROFILE, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE)

# These hold lists of paths: what is added to them comes after what is there.
PATH_LISTS = (KUBECONFIG, KUBE_CONFIG_PATH)

# Any of these decides which configuration and which credentials a run finds: whoever starts us later needs them too.
DECIDING_FOR_A_RUN = (
    ATMOS_PROFILE,
    ATMOS_AUTH_REALM,
    ATMOS_CLI_CONFIG_PATH,
    ATMOS_CONFIG,
    ATMOS_CONFIG_PATH,
    ATMOS_BASE_PATH,
    ATMOS_GIT_ROOT_BASEPATH,
    *BASE_FOLDERS,
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    ATMOS_KEYRING_TYPE,
    ATMOS_KEYRING_FILE_PATH,
)

# Words that switch authentication off wherever an identity may be named.
DISABLING_WORDS = frozenset({"false", "0", "no", "off"})

# Any of these says that a continuous-integration service runs us.
CONTINUOUS_INTEGRATION = (
    "CODEBUILD_BUILD_ARN",
    "TF_BUILD",
    "bamboo_planKey",
    "BITBUCKET_COMMIT",
    "BITRISE_IO",
    "BUILDKITE",
    "CIRCLECI",
    "CIRRUS_CI",
    "CF_BUILD_ID",
    "DRONE",
    "GERRIT_PROJECT",
    "GITEA_ACTIONS",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "GO_PIPELINE_LABEL",
    "BUILDER_OUTPUT",
    "HARNESS_BUILD_ID",
    "HUDSON_URL",
    "PROW_JOB_ID",
    "SEMAPHORE",
    "TEAMCITY_VERSION",
    "TRAVIS",
    "TF_VAR_spacelift_run_id",
)

# Flags of single commands, as the parser names them, and the variables that they stand for.
OVERRIDING_FLAGS = {
    "stacks_dir": "ATMOS_STACKS_BASE_PATH",
    "terraform_dir": "ATMOS_COMPONENTS_TERRAFORM_BASE_PATH",
    "terraform_command": "ATMOS_COMPONENTS_TERRAFORM_COMMAND",
    "settings_list_merge_strategy": "ATMOS_SETTINGS_LIST_MERGE_STRATEGY",
    "workflows_dir": ATMOS_WORKFLOWS_BASE_PATH,
}


def is_github_job(environ: Mapping[str, str]) -> bool:
    """Tell whether a step of a GitHub Actions job runs this process."""
    return environ.get(GITHUB_ACTIONS) == "true"


def is_continuous_integration(environ: Mapping[str, str]) -> bool:
    """Tell whether a continuous-integration service runs this process, from its well-known variables."""
    if environ.get("CI", "").lower() in ("true", "1"):
        return True
    if any(environ.get(name) for name in CONTINUOUS_INTEGRATION):
        return True
    jenkins = environ.get("JENKINS_URL") and environ.get("BUILD_ID")
    return bool(jenkins) or environ.get("CI_NAME") in ("codeship", "sourcehut")
