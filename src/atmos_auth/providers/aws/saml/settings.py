"""What a SAML provider's section may say."""

from typing import Annotated

from msgspec import Meta

from atmos_auth.config.settings import ProviderSettings, Region, Text, Url

BROWSER, GOOGLE_APPS, OKTA, ADFS = "Browser", "GoogleApps", "Okta", "ADFS"
DRIVERS = (BROWSER, GOOGLE_APPS, OKTA, ADFS)

DriverName = Annotated[
    str,
    Meta(
        pattern=f"^({'|'.join(DRIVERS)})$",
        description=f"a SAML driver ({', '.join(DRIVERS)})",
        examples=[BROWSER],
    ),
]


class SamlSettings(ProviderSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An AWS application of an identity provider, and how to sign in to it."""

    url: Annotated[
        Url,
        Meta(title="url", examples=["https://company.okta.com/app/amazon_aws/abc123/sso/saml"]),
    ]
    region: Region
    driver: DriverName = ""
    provider_type: Annotated[DriverName, Meta(extra_json_schema={"deprecated": True, "x-replacement": "driver"})] = ""
    idp_arn: Annotated[
        str,
        Meta(
            pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:saml-provider/[A-Za-z0-9._-]+$",
            description="the ARN of a SAML provider in IAM",
            examples=["arn:aws:iam::123456789012:saml-provider/okta"],
        ),
    ] = ""
    # An empty value means "not configured": that is what an unset `!env` gives.
    username: Annotated[str, Meta(description="a name, or nothing")] = ""
    password: Annotated[str, Meta(description="a password, or nothing", extra_json_schema={"writeOnly": True})] = ""
    remember_password: bool = False
    download_browser_driver: bool = False
    browser_type: Text = ""
    browser_executable_path: Text = ""
    callback_port: Annotated[int, Meta(ge=0, le=65535, description="a port number (0: none)")] = 0
