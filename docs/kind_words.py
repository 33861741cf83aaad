"""What the reference says about kinds and settings beyond what their structures carry: sentences and examples."""

# What one link hands to the next, in words, by the name of its type.
CREDENTIALS = {
    "SsoToken": "a portal session",
    "AwsCredentials": "AWS credentials",
    "SamlAssertion": "a SAML assertion",
    "WebIdentityToken": "a web identity token",
    "Ambient": "nothing of its own: programs keep what their environment gives them",
}

# Settings of which a configuration names one out of two, although neither is required by itself.
ONE_OF_TWO = {
    "via.provider": "one of the two",
    "via.identity": "one of the two",
    "principal.account.name": "one of the two",
    "principal.account.id": "one of the two",
}

# By path; a path that means different things has the kind, or the role, in front.
SETTINGS = {
    "kind": "The kind: `{kind}`.",
    "provider:default": "Marks the provider in `atmos auth list`. It decides nothing.",
    "identity:default": "Use this identity when none is named. One identity should have it.",
    "tags": "Words of your own: `login`, `logout` and `list` take `--tags`. Upper and lower case are one.",
    "session.duration": "How long an access token counts as good if the portal does not say. AWS always says.",
    "console.session_duration": (
        "How long a session of the web console lasts: 15 minutes to 12 hours, where AWS lets it be chosen. "
        "`atmos auth console --duration` wins; without both, one hour."
    ),
    "provider:spec.endpoint_url": (
        "Where sign-in, portal and STS answer, if not at AWS. It is how you point at the emulator."
    ),
    "identity:spec.endpoint_url": "Where STS answers, if not where the link before says.",
    "spec.files.base_path": (
        "Folder for the AWS files; they go into a folder in it that is named after the provider. "
        "A relative path starts at the directory of the configuration file."
    ),
    "start_url": "The address of your portal.",
    "aws/iam-identity-center:region": "The region your portal is in.",
    "aws/saml:region": "The region whose STS is asked, and that programs get.",
    "aws/saml:session.duration": (
        "How long the role's credentials live: 15 minutes to 12 hours. A role's own `principal.duration` wins. Without "
        "either, what the identity provider says, else one hour. AWS refuses more than the role allows."
    ),
    "aws/saml:callback_port": (
        "Port on 127.0.0.1 that the identity provider posts to, in your own browser. It must know "
        "`http://127.0.0.1:PORT/saml` as an assertion consumer URL. No browser is driven then."
    ),
    "url": "The address of the AWS application at your identity provider.",
    "driver": (
        "How to sign in: `Browser` in a browser window, the others by their own forms or API in the terminal. "
        "Without it, the best that this machine and the address allow."
    ),
    "provider_type": "The old name of `driver`.",
    "idp_arn": "The SAML provider in IAM. Needed if several of them offer you the same role.",
    "username": "Whom to sign in as, for the drivers that ask in the terminal. Without it, you are asked.",
    "password": "The password. Never write it into the file: use `!env`, or leave it out and be asked.",
    "remember_password": "`true`: keep a password that was typed, and accepted, in the keyring.",
    "download_browser_driver": "`true`: fetch a browser if there is none to drive.",
    "browser_type": "Which browser to drive, by Playwright's name for it. Without it, one that is there.",
    "browser_executable_path": "The program of the browser to drive.",
    "github/oidc:region": "The region whose STS is asked, and that programs get.",
    "github/oidc:session.duration": "Checked, but not used: `principal.duration` of the role decides.",
    "spec.audience": "Whom the token is for. The OIDC provider in IAM must list it.",
    "login_flow": (
        "`pkce` signs in with the browser on this machine, `device` with a code on any device, "
        "`auto` takes the browser where there is one."
    ),
    "callback_port": "Port on 127.0.0.1 where the browser's answer arrives. Set it if only one port is forwarded.",
    "auto_provision_identities": (
        "`true`: every role that the portal gives you is an identity named `ACCOUNT/ROLE`, without being written down. "
        "`atmos auth login` looks for them when the list is missing or older than 12 hours."
    ),
    "required": "With `--with-required` the identity is signed in to as well, so that its profile can be used.",
    "alias": "A second name that `atmos auth list` shows. It does not select the identity.",
    "env": "Variables that programs get in addition.",
    "env[].key": "Name of the variable.",
    "env[].value": "Its value.",
    "identity:region": "The region that programs get. Without it, the region of the link before.",
    "aws/ambient:region": "The region that programs get. Without it, the one that the AWS SDK finds.",
    "ambient:region": "The region that programs get. Without it, none is set.",
    "ambient:spec.endpoint_url": "Checked, but not used: no credentials are fetched.",
    "aws/ambient:spec.endpoint_url": "Where STS answers, if not at AWS, for this identity and those behind it.",
    "provider": "A hint that older tools wrote. It is not used.",
    "via.provider": "The provider to start from.",
    "via.identity": "The identity to start from.",
    "principal.region": "The same as `region`, and wins over it.",
    "principal.name": "Name of the permission set.",
    "principal.account.name": "Name of the account. It is looked up in the portal.",
    "principal.account.id": "Number of the account. It saves the look-up, and wins over the name.",
    "principal.assume_role": "The role to become.",
    "principal.session_name": (
        "Name of the session, as CloudTrail shows it. Without it: `atmos-NAME-SECONDS`. "
        "Characters that STS refuses become `-`. After `aws/saml` the identity provider names the session."
    ),
    "principal.external_id": "External id that the role's trust policy asks for.",
    "aws/assume-role:principal.duration": (
        "How long the credentials live. Without it, AWS gives one hour. AWS refuses more than the role allows, "
        "and more than one hour if the credentials before it came from a role, as those of a permission set do."
    ),
    "aws/assume-role:principal.mfa_arn": "MFA device whose code the role's trust policy asks for.",
    "aws/assume-role:principal.mfa_command": "Command that prints the device's code, so that nobody is asked.",
    "credentials.access_key_id": "The user's access key id. Give both keys or neither; empty means: not here.",
    "credentials.secret_access_key": "The secret that belongs to it. Never write it into the file: use `!env`.",
    "credentials.mfa_arn": "The user's MFA device. Wins over the one in the keyring.",
    "credentials.mfa_command": "Command that prints the device's code, so that nobody is asked for it.",
    "credentials.region": (
        "Region of the user's requests, exported to programs. Without it and `region`, programs get none, and AWS is "
        "asked in `us-east-1`."
    ),
    "credentials.webflow_enabled": "`false`: never sign in through the browser.",
    "aws/user:session.duration": (
        "How long a session lives: 15 minutes to 12 hours, with an MFA device to 36 hours. Wins over the keyring's."
    ),
    "aws/user:via.provider": "Checked, but not used: an IAM user needs nothing before it.",
    "aws/user:via.identity": "Checked, but not used: an IAM user needs nothing before it.",
    "aws/user:region": "The region that programs get, if `credentials.region` does not say one.",
    "aws/user:spec.endpoint_url": "Where STS and the sign-in service answer, if not at AWS.",
    "principal.target_principal": "Number of the member account whose root user you become.",
    "integration:via.identity": "The identity that it follows.",
    "integration:via.provider": "It follows every identity that starts from this provider.",
    "spec.auto_provision": "`false`: run only when a command asks for it, and not after each sign-in.",
    "integration:spec.endpoint_url": "Where the service answers, if not at AWS. It is how you point at the emulator.",
    "spec.registry.account_id": "The account that the registry belongs to.",
    "aws/ecr:spec.registry.region": "The region the registry is in.",
    "aws/ecr-public:spec.registry.region": "A region of the public registry. Passwords come from `us-east-1`.",
    "spec.cluster.name": "The cluster's name.",
    "spec.cluster.region": "The region the cluster is in.",
    "spec.cluster.alias": "Name of the context. Without it: the cluster's ARN.",
    "spec.cluster.kubeconfig.path": (
        "The file to write. Without it: `atmos/kube/config` in your configuration folder, or `atmos/REALM/kube/config`."
    ),
    "spec.cluster.kubeconfig.mode": "The file's mode.",
    "spec.cluster.kubeconfig.update": (
        "What becomes of what is in the file: `merge` keeps the other entries, `replace` writes the file anew, `error` "
        "stops at an entry of that name that is another one."
    ),
    "principal.task_policy_arn": "The one task that the session may do.",
    "aws/assume-root:principal.duration": "How long the credentials live. More than 900 seconds is cut to 900.",
}

# What the structures accept, where the sentence above says it already.
PLAIN = frozenset(
    {
        "a hint that older tools wrote; it is not used",
        "a key, or nothing",
        "a SAML driver (Browser, GoogleApps, Okta, ADFS)",
        "a login flow (auto, pkce, device)",
        "a path",
        "a variable's name",
        "the name of a cluster",
        "the name of a provider or identity",
        "a way to update (merge, replace, error)",
    }
)

# Examples by path, where the structures carry none or a misleading one.
VALUES = {
    "alias": "prod",
    "browser_executable_path": "/usr/bin/chromium",
    "browser_type": "chrome",
    "callback_port": "8401",
    "credentials.access_key_id": "!env EMERGENCY_AWS_ACCESS_KEY_ID",
    "credentials.mfa_command": "ykman oath accounts code --single AWS:me",
    "credentials.secret_access_key": "!env EMERGENCY_AWS_SECRET_ACCESS_KEY",
    "credentials.webflow_enabled": "false",
    "default": "true",
    "download_browser_driver": "true",
    "env": "[{ key: TEAM, value: platform }]",
    "env[].value": "platform",
    "password": "!env COMPANY_PASSWORD",
    "principal.account.name": "development",
    "principal.duration": "15m",
    "principal.external_id": "partner-7",
    "principal.mfa_command": "ykman oath accounts code --single AWS:me",
    "principal.session_name": "release",
    "remember_password": "true",
    "spec.auto_provision": "false",
    "spec.cluster.alias": "dev",
    "spec.endpoint_url": "http://127.0.0.1:8765",
    "tags": "[production]",
    "username": "jo@example.com",
    "via.identity": "dev-admin",
    "via.provider": "company-sso",
}

# What a reader should know that no setting says, by kind.
NOTES = {
    "aws/iam-identity-center": """\
All providers with the same `start_url` and `region` share one session, whatever they are called. A session is kept in
a file and renewed without asking you for as long as AWS allows. See
[how sessions are shared](../../explanation/how-sessions-are-shared.md).

`ATMOS_AUTH_LOGIN_FLOW` and `atmos auth login --login-flow` win over `login_flow`; `ATMOS_AUTH_CALLBACK_PORT` wins over
`callback_port`.""",
    "aws/saml": """\
The next identity must be of kind `aws/assume-role`: its role is the one that is chosen in the assertion, and what
`sts:AssumeRoleWithSAML` gives is its credential. Further roles chain from it. The assertion is kept in memory only.

`Browser` needs the extra: `pip install 'atmos-auth[saml]'`. Without `driver`, a browser is taken if one can be driven
here, else `GoogleApps`, `Okta` or `ADFS` if the address is of that kind, else a browser that is fetched. The three
drivers without a browser read pages and APIs that their makers change: where one meets something that it does not know,
it says so, and `Browser` is the way. See [sign in through SAML](../../how-to/sign-in-through-saml.md).""",
    "github/oidc": """\
The next identity must be of kind `aws/assume-role`. The job needs the permission `id-token: write`. The token is
fetched anew for every attempt, and kept nowhere. See
[use in GitHub Actions](../../how-to/use-in-github-actions.md).""",
    "aws/permission-set": """\
An account name must be exact. If two accounts have the same name, use the id. Put an id in quotes if you like; leading
zeros are kept either way.""",
    "aws/assume-role": """\
Roles chain to any depth: `via.identity` may name another `aws/assume-role`. See
[chain roles](../../how-to/chain-roles.md).""",
    "aws/assume-root": """\
The link before must be in the management account or in the delegated administrator account, and centralized root access
must be switched on in IAM. STS decides both, not this tool.""",
    "aws/user": """\
Keys are looked for in this order: the configuration, the keyring (`atmos auth user configure`), and, where neither has
any, a sign-in through the browser. An entry of the keyring that cannot be read stops the search; it never leads to the
browser. With keys, `sts:GetSessionToken` gives the session; long-lived keys are never handed to a program. See
[use an IAM user](../../how-to/use-an-iam-user.md).""",
    "aws/ambient": """\
The credentials are whatever the AWS SDK finds by itself: variables, `~/.aws`, a web identity token, the role of an
instance or a container. Use it as the start of a chain where no person is at hand; see
[use in CI without a person](../../how-to/use-in-ci-without-a-person.md). `via` is not allowed.

Nothing of it is stored. Asked for by itself, it leaves a program's environment as it is.""",
    "ambient": """\
`atmos auth exec` runs the program in the environment it has, with `ATMOS_IDENTITY`, the region and `env` on top. No AWS
file is written. `via` is not allowed, and no other identity can start from it.""",
}

_DOCKER = """\
The password is good for twelve hours. It goes into the `config.json` in `DOCKER_CONFIG`, or in `~/.docker`, or into the
credential helper that `credsStore` there names. What else is in the file stays. Where `credHelpers` names a helper for
this registry, Docker would not see the login: then it is an error, and nothing is written. See
[log in to ECR and EKS](../../how-to/log-in-to-ecr-and-eks.md)."""
NOTES |= {
    "aws/ecr": _DOCKER,
    "aws/ecr-public": f"""\
The identity needs `ecr-public:GetAuthorizationToken` and `sts:GetServiceBearerToken`.

{_DOCKER}""",
    "aws/eks": """\
The identity needs `eks:DescribeCluster`, and the cluster must let it in. The file holds no secret: kubectl runs
`atmos aws eks token` when it needs one. Programs get `KUBECONFIG` and `KUBE_CONFIG_PATH`, with what was in them in
front. A namespace that you choose for the context stays, and so does the current context, unless there is none or
`atmos aws eks update-kubeconfig` asks for this one. See
[log in to ECR and EKS](../../how-to/log-in-to-ecr-and-eks.md).""",
}

PORTAL = """\
auth:
  providers:
    company-sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: https://company.awsapps.com/start
"""
ADMIN = """\
  identities:
    dev-admin:
      kind: aws/permission-set
      via:
        provider: company-sso
      principal:
        name: AdminAccess
        account:
          name: development
"""

# A whole configuration for each kind.
EXAMPLES = {
    "aws/iam-identity-center": PORTAL,
    "aws/saml": """\
auth:
  providers:
    okta-saml:
      kind: aws/saml
      region: us-east-1
      url: https://company.okta.com/app/amazon_aws/abc123/sso/saml
      driver: Browser
  identities:
    saml-admin:
      kind: aws/assume-role
      default: true
      via:
        provider: okta-saml
      principal:
        assume_role: arn:aws:iam::123456789012:role/AdminRole
""",
    "github/oidc": """\
auth:
  providers:
    github-oidc:
      kind: github/oidc
      region: us-east-1
      spec:
        audience: sts.us-east-1.amazonaws.com
  identities:
    github-deploy:
      kind: aws/assume-role
      default: true
      via:
        provider: github-oidc
      principal:
        assume_role: arn:aws:iam::123456789012:role/GitHubActionsRole
""",
    "aws/permission-set": PORTAL + ADMIN,
    "aws/assume-role": PORTAL
    + ADMIN
    + """\
    prod-deploy:
      kind: aws/assume-role
      default: true
      via:
        identity: dev-admin
      principal:
        assume_role: arn:aws:iam::123456789012:role/Deploy
        duration: 1h
""",
    "aws/assume-root": PORTAL
    + ADMIN.replace("dev-admin", "management").replace("name: development", 'id: "111122223333"')
    + """\
    audit-root:
      kind: aws/assume-root
      via:
        identity: management
      principal:
        target_principal: "123456789012"
        task_policy_arn: arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials
""",
    "aws/user": """\
auth:
  identities:
    emergency:
      kind: aws/user
      credentials:
        access_key_id: !env EMERGENCY_AWS_ACCESS_KEY_ID
        secret_access_key: !env EMERGENCY_AWS_SECRET_ACCESS_KEY
        mfa_arn: arn:aws:iam::123456789012:mfa/me
        region: us-east-1
      session:
        duration: 24h
""",
    "aws/ambient": """\
auth:
  identities:
    runner:
      kind: aws/ambient
    deploy:
      kind: aws/assume-role
      default: true
      via:
        identity: runner
      principal:
        assume_role: arn:aws:iam::123456789012:role/Deploy
        region: eu-central-1
""",
    "ambient": """\
auth:
  identities:
    mine:
      kind: ambient
      region: eu-central-1
      env:
        - key: TEAM
          value: platform
""",
}
EXAMPLES |= {
    "aws/ecr": PORTAL
    + ADMIN
    + """\
  integrations:
    dev-images:
      kind: aws/ecr
      via:
        identity: dev-admin
      spec:
        registry:
          account_id: "123456789012"
          region: us-east-1
""",
    "aws/ecr-public": PORTAL
    + ADMIN
    + """\
  integrations:
    public-images:
      kind: aws/ecr-public
      via:
        identity: dev-admin
""",
    "aws/eks": PORTAL
    + ADMIN
    + """\
  integrations:
    dev-cluster:
      kind: aws/eks
      via:
        identity: dev-admin
      spec:
        cluster:
          name: main
          region: us-east-1
          alias: dev
""",
}
