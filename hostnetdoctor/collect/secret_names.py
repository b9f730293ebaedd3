"""Which names say that their value is a secret: of variables, flags, headers, keys of files and of annotations.

A name is read as words (`dbPassword`, `DB_PASSWORD`, `--db-password`), and its last word decides first: `SECRET_PORT` is a
port, `--token-auth-file` a path, and neither value is a secret.
"""

from __future__ import annotations

from functools import lru_cache

import regex


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


_WORD = regex.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

# Last words with which a name speaks of something beside the secret, which is no secret itself.
_ABOUT = words(
    "port ports addr address addresses host hosts hostname url uri urls endpoint endpoints file files path paths "
    "dir directory name names namespace namespaces user username enabled enable disabled ttl timeout expiry "
    "expiration lifetime duration length size type types method methods mode modes algorithm algorithms region "
    "version count limit ref refs provider issuer audience audiences scope scopes interval policy kind class "
    "service server servers listen bind required retries rotation prefix suffix format seconds minutes hours days "
    "age store manager engine role bytes percent level webhook conf config cfg yaml yml json properties ini toml "
    "xml sh sql lua js crt html md"
)
# A name that has one of these in it, however it is written together.
_WITHIN = words(
    "password passwd passphrase secret apikey accesskey privatekey encryptionkey signingkey masterkey authkey "
    "accountkey storagekey sharedkey sessionkey licensekey deploykey hmackey credential connectionstring connstr "
    "requirepass masterauth primaryauth clientkeydata certificatedata authoritydata accesstoken authtoken "
    "bearertoken dockerconfig cryptkey webhookkey sshkey servicekey signkey"
)
# A name that has one of these as a word.
_WORDS = frozenset(
    words("pass pwd token tokens dsn creds cred sas psk jwt signature sig pat otp netrc pgpass htpasswd")
)
# A name that ends in one of these.
_LAST = frozenset({"auth", "authorization", "cookie", "cookies"})
# Directives that only look like the above: they take an address.
_NEVER = frozenset({"proxypass", "fastcgipass", "uwsgipass", "grpcpass", "scgipass"})
# Names whose value is a secret even where a sentence seems to go on behind them (`password: hunter2 is wrong`).
_PLAIN = ("password", "passwd", "passphrase", "pwd", "apikey", "accesskey", "secretkey", "privatekey")

# What must be in a text, in lower case, for any of these names to be in it.
NEEDLES = words(
    "pass pwd secret token cred encryption crypt signature hmac auth cookie conn_str connstr connectionstring "
    'connection_string connection-string dsn sas psk jwt sig= sig" sig: pat= pat: pat" otp netrc webhookkey '
    "webhook_key webhook-key certificatedata certificate-data certificate_data authority-data authoritydata apikey "
    "api_key api-key accesskey access_key access-key privatekey private_key private-key accountkey account_key "
    "account-key storagekey storage_key storage-key sharedkey shared_key shared-key sessionkey session_key "
    "session-key signingkey signing_key signing-key signkey sign_key sign-key masterkey master_key master-key licensekey "
    "license_key license-key deploykey deploy_key deploy-key sshkey ssh_key ssh-key servicekey service_key "
    "service-key keydata key-data key_data docker_config dockerconfig docker-config"
)


@lru_cache(maxsize=8192)
def is_secret(name: str) -> bool:
    """Say whether a value of this name is a secret."""
    parts = [each.lower() for each in _WORD.findall(name.rpartition("/")[2])]
    flat = "".join(parts)
    if not parts or flat in _NEVER or parts[-1] in _ABOUT:
        return False
    if parts[-1] in _LAST or not _WORDS.isdisjoint(parts):
        return True
    return any(each in flat for each in _WITHIN) or any(each.endswith("token") for each in parts)


@lru_cache(maxsize=8192)
def is_plainly_secret(name: str) -> bool:
    """Say whether the name means a secret also where it stands in the middle of a sentence."""
    flat = "".join(_WORD.findall(name)).lower()
    return is_secret(name) and any(each in flat for each in _PLAIN)
