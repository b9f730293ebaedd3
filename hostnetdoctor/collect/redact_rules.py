"""What a secret looks like: the rules by which texts are redacted, each with lines that it must change and lines that it must not.

An expression's group `secret` is what is taken out; `name`, where there is one, must be the name of a secret. Rules are applied
in this order, line by line, and only where a needle is in the line. In the examples, `<1>` and `<2>` stand for what is shown.
PEM blocks go over several lines, and are in `redact_pem.py`; what only a place says (a variable's value, the word after a flag) is
in `redact_objects.py`.
"""

from __future__ import annotations

from hostnetdoctor.collect import secret_names
from hostnetdoctor.collect.redact_rule import Rule, basic_login, flag, named, password, setting, wordy

RULES: tuple[Rule, ...] = (
    Rule(
        id="earlier",
        title="What another run has redacted already; equal ones stay equal",
        needles=("<redacted:",),
        expression=r"(?P<secret><redacted:(?:[a-z]{1,40}|\d{1,9})>)",
        changes=(("token <redacted:3> and <redacted:kq>", "token <1> and <2>"),),
        keeps=("<redacted>", "redacted: 80"),
    ),
    Rule(
        id="jwt",
        title="JSON Web Tokens",
        needles=("eyj",),
        expression=r"(?<![\w-])(?P<secret>(?-i:eyJ)[\w-]{10,}+(?:\.[\w-]*+){0,4})",
        changes=(
            ("sent eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl twice", "sent <1> twice"),
            ("cut off: eyJhbGciOiJIUzI1NiIsInR5", "cut off: <1>"),
        ),
        keeps=("eyJa", "default/eyjafjalla-7c9b4-k4x"),
    ),
    Rule(
        id="cloud-key",
        title="Keys of clouds and services that tell what they are: AWS, Google, GitHub, GitLab, Slack, Stripe, npm, PyPI, Vault and others",
        needles=(
            "akia", "asia", "agpa", "aroa", "aiza", "ya29.", "gocspx-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-",
            "glrt-", "glcbt-", "glptt-", "glagent-", "glft-", "glsoat-", "xox", "xapp-", "sk_live_", "sk_test_", "rk_live_", "rk_test_", "npm_", "pypi-", "hvs.",
            "hvb.", "hvr.", "dop_v1_", "doo_v1_", "dckr_pat_", "sg.", "sk-", "glc_", "glsa_", "shpat_", "lin_api_", "dapi", "atlasv1.", "pul-", "fleet-",
        ),
        expression=r"""(?<![\w/.-])(?P<secret>(?-i:(?:AKIA|ASIA|AGPA|AROA)[A-Z0-9]{16}(?![\w])|AIza[\w-]{35}|ya29\.[\w.-]{20,}+|GOCSPX-[\w-]{20,}+
            |gh[pousr]_[A-Za-z0-9]{20,}+|github_pat_\w{20,}+|gl(?:pat|dt|rt|cbt|ptt|agent|ft|soat)-[\w.-]{16,}+|xox[a-z](?:\.xox[a-z])?-[\w-]{10,}+|xapp-[\w-]{10,}+
            |[sr]k_(?:live|test)_[A-Za-z0-9]{10,}+|npm_[A-Za-z0-9]{30,}+|pypi-[\w-]{30,}+|hv[sbr]\.[\w-]{20,}+|do[op]_v1_[a-f0-9]{32,}+
            |dckr_pat_[\w-]{20,}+|SG\.[\w-]{16,}+\.[\w-]{16,}+|sk-(?:[a-z]+[0-9]*-)*[A-Za-z0-9_]{20,}+|gls?[ca]_[A-Za-z0-9+/=_]{20,}+|shpat_[a-f0-9]{32}
            |lin_api_\w{30,}+|dapi[a-f0-9]{32}|[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,}+|pul-[a-f0-9]{40}))""",
        changes=(
            ("using AKIAIOSFODNN7EXAMPLE now", "using <1> now"),
            ("clone with ghp_abcdefghijklmnopqrstuvwxyz0123456789", "clone with <1>"),
            ("glpat-AbCdEfGhIjKlMnOpQrSt", "<1>"),
            ("posting as xoxb-123456789012-abcdefghijkl", "posting as <1>"),
            ("AIzaSyA1234567890abcdefghijklmnopqrstuv", "<1>"),
        ),
        keeps=(
            "pod asia-northeast1-web-7c9b4-k4x on node gke-asia-1",
            "image registry.example.com/glpat-runner:1.2@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "bind() to 0.0.0.0:80 failed (98: Address in use)",
        ),
    ),
    Rule(
        id="slack-webhook",
        title="Addresses of webhooks, which are their own password",
        needles=("hooks.slack.com", "webhook.office.com", "discord.com/api/webhooks", "discordapp.com/api/webhooks", "api.telegram.org/bot"),
        expression=r"(?:hooks\.slack\.com/(?:services|workflows)|webhook\.office\.com/webhookb2|discord(?:app)?\.com/api/webhooks|api\.telegram\.org)/(?P<secret>[^\s\"'<>,;]{8,}+)",
        changes=(("to https://hooks.slack.com/services/T01/B02/abcdEFGH", "to https://hooks.slack.com/services/<1>"),),
        keeps=("https://hooks.slack.com/", "https://api.telegram.org"),
    ),
    Rule(
        id="crypt-hash",
        title="Hashed passwords, as in /etc/shadow and .htpasswd",
        needles=("$1$", "$2", "$5$", "$6$", "$7$", "$apr1$", "$y$", "$argon2", "$pbkdf2", "$scrypt", "{sha}", "{ssha"),
        expression=r"(?P<secret>(?:\$(?:1|2[abxy]?|5|6|7|apr1|y|argon2\w{1,2}|pbkdf2[\w-]*|scrypt)\$[\w./$,=+-]{8,}+|\{S?SHA\d*\}[\w+/=]{16,}+))",
        changes=(
            ("admin:$apr1$x7HkQd0P$Z1y2bL0aV1tS2kq1nW8cJ.", "admin:<1>"),
            ("root:$6$saltsalt$abcdefghijklmnop/ABC:19000:0:::", "root:<1>:19000:0:::"),
        ),
        keeps=("echo $1 $2 $5", "costs $2,000"),
    ),
    Rule(
        id="url-password",
        title="Passwords in addresses; user, host and port stay",
        needles=("://", "@tcp(", "@udp(", "@unix(", "@("),
        within="@",
        expression=r"""(?:://(?P<user>[^\s/?\#:@"'<>]*+):(?P<secret>(?:[^\s/?\#"'<>@]|@(?=[^\s/?\#"'<>]*@)|<redacted:\w+>)++)(?=@)
            |://(?P<user>[^\s/?\#:@"'<>]*+):(?!\d{1,5}(?:[/?\#]|$))(?P<secret>[^\s"'<>@]++)(?=@[\w.\[-])
            |(?<![\w./-])(?P<user>[\w.-]{1,64}+):(?P<secret>[^\s/"'<>()]{1,256}?)(?=@(?:tcp|udp|unix)?\())""",
        applies=password,
        changes=(
            ("postgres://app:hunter2@db.shop:5432/shop", "postgres://app:<1>@db.shop:5432/shop"),
            ("redis://:hunter2@10.0.0.7:6379/0", "redis://:<1>@10.0.0.7:6379/0"),
            ("amqp://u:p@ss@mq:5672/", "amqp://u:<1>@mq:5672/"),
            ("postgres://u:p/ss@db:5432/x", "postgres://u:<1>@db:5432/x"),
            ("app:hunter2@tcp(db:3306)/shop", "app:<1>@tcp(db:3306)/shop"),
        ),
        keeps=(
            "http://127.0.0.1:8080/metrics?mail=a@b.example",
            "git@github.com:octo/repo.git",
            "https://registry:5000/image@sha256:abc",
            "http://[::1]:9100/",
        ),
    ),
    Rule(
        id="url-token",
        title="Tokens that stand in an address where the user's name would be",
        needles=("://",),
        within="@",
        expression=r"""://(?P<secret>[^\s/?\#:@"'<>]{8,}+)(?=@)""",
        applies=wordy,
        changes=(("https://a1b2c3d4e5f6a7b8@errors.example/4", "https://<1>@errors.example/4"),),
        keeps=("https://service-account@host:8443/", "ssh://git@host:2222/"),
    ),
    Rule(
        id="authorization",
        title="`Authorization` headers and what follows `Bearer` and `Basic`",
        needles=("authorization", "bearer", "basic"),
        expression=r"""(?:authorization["']?\]?\s{0,3}[:=]\s{0,3}[\["'`\\]{0,4}(?:basic|bearer|token|negotiate|ntlm|apikey|key)\s{1,3}(?P<secret>[^\s"'`,;\]\\]++)
            |authorization["']?\]?\s{0,3}[:=]\s{0,3}[\["'`\\]{0,4}(?:digest|aws4-hmac-sha256|hmac)\s(?P<secret>[^`\r\n]++))""",
        changes=(
            ("> Authorization: Bearer abc.def", "> Authorization: Bearer <1>"),
            ('curl -H "Authorization: Basic dXNlcjpwYXNz" http://x:80', 'curl -H "Authorization: Basic <1>" http://x:80'),
            ("Authorization: AWS4-HMAC-SHA256 Credential=AK/20260101, Signature=ab", "Authorization: AWS4-HMAC-SHA256 <1>"),
        ),
        keeps=("--authorization-mode=Node,RBAC", "authorization is on", "Authorization: Bearer"),
    ),
    Rule(
        id="bearer",
        title="What follows `Bearer`",
        needles=("bearer",),
        expression=r"\bbearer[ :=]{1,2}(?P<secret>[\w.~+/=-]{8,}+)",
        applies=wordy,
        changes=(("with Bearer a1b2c3d4e5f6", "with Bearer <1>"),),
        keeps=("bearer authentication is on", "no bearer token on port 8080"),
    ),
    Rule(
        id="basic",
        title="What follows `Basic`, where it is a login",
        needles=("basic",),
        expression=r"\bbasic[ :=]{1,2}(?P<secret>[A-Za-z0-9+/]{6,}+={0,2})",
        applies=basic_login,
        changes=(("with Basic dXNlcjpwYXNz sent", "with Basic <1> sent"),),
        keeps=("basic authentication is on", "Basic settings: port 80"),
    ),
    Rule(
        id="cookie",
        title="Cookies",
        needles=("cookie",),
        expression=r"""\bcookie["']?\]?\s{0,3}[:=]\s{0,3}[\["'`\\]{0,4}(?P<secret>[^\s=;"'`]{1,128}+=[^"'`\r\n]++)""",
        changes=(("Set-Cookie: sid=abc; Path=/; HttpOnly", "Set-Cookie: <1>"), ("cookie: a=b; c=d", "cookie: <1>")),
        keeps=("cookie: none", "the cookie is set"),
    ),
    Rule(
        id="name-and-value",
        title="Variables written as JSON, YAML or XML on one line: a name, then its value",
        needles=("value:", "value=", 'value"', "value'", "value\\", "value ", "value\t"),
        expression=r"""\bname\\{0,3}["']?\s{0,3}[:=]\s{0,3}\\{0,3}["']?(?P<name>[\w.-]{1,128}+)\\{0,3}["']?\s{0,3}[,\s]\s{0,3}
            \\{0,3}["']?value\\{0,3}["']?\s{0,3}[:=]\s{0,3}""",
        applies=named,
        changes=(
            ('{"name":"DB_PASSWORD","value":"hunter2"}', '{"name":"DB_PASSWORD","value":"<1>"}'),
            ('<property name="password" value="hunter2"/>', '<property name="password" value="<1>"/>'),
            ("{name: API_KEY, value: abc}", "{name: API_KEY, value: <1>}"),
            (r"{\"name\":\"TOKEN\",\"value\":\"abc\"}", r"{\"name\":\"TOKEN\",\"value\":\"<1>\"}"),
        ),
        keeps=('{"name":"SECRET_PORT","value":"8080"}', '{"name":"LISTEN","value":":9100"}'),
    ),
    Rule(
        id="flag",
        title="`--token x` and the like, with the value as a word of its own",
        needles=secret_names.NEEDLES,
        expression=r"""(?<![\w-])--?(?P<name>[A-Za-z][\w.-]{1,127}+)(?:[ \t]{1,4}|\\{0,3}["']\s{0,3},\s{0,3}(?=\\{0,3}["']))""",
        applies=flag,
        changes=(
            ("exec server --token abc --port 80", "exec server --token <1> --port 80"),
            ('["--db-password", "hunter2", "--port=80"]', '["--db-password", "<1>", "--port=80"]'),
            ("vault login -token hvtoken", "vault login -token <1>"),
        ),
        keeps=(
            "flag --token is required",
            "--token-auth-file /etc/tokens --bind-address 0.0.0.0",
            "--use-token --port 80",
            "--web.listen-address :9100",
            "--anonymous-auth false",
        ),
    ),
    Rule(
        id="setting",
        title='Settings whose name says that they are secret: `password=`, `api_key:`, `"token":`, `AccountKey=`, `?sig=`',
        needles=secret_names.NEEDLES,
        expression=r"""(?P<indent>^(?:\d{4}-\d\d-\d\dT\S{8,30}\s)?[\s>|-]{0,64}|[{,]\s{0,3})?(?<![\w.])(?P<name>[A-Za-z_][\w.-]{0,127}+)
            (?P<key>\]?\\{0,3}["'`]\]?)?(?P<separator>\s{0,3}(?:=>|:=|==?)\s{0,3}|:\ (?!\ )|\s{0,3}:\s{0,8})""",
        applies=setting,
        changes=(
            ("password=hunter2", "password=<1>"),
            ("  password: hunter2", "  password: <1>"),
            ("login failed, password: hunter2, port 80", "login failed, password: <1>, port 80"),
            ('{"user":"a","password":"hun\\"ter2","port":80}', '{"user":"a","password":"<1>","port":80}'),
            (r'"{\"apiKey\":\"abc\",\"port\":80}"', r'"{\"apiKey\":\"<1>\",\"port\":80}"'),
            ("Server=tcp:db,1433;User ID=sa;Password=a;b!c;Encrypt=true", "Server=tcp:db,1433;User ID=sa;Password=<1>;Encrypt=true"),
            ("AccountName=shop;AccountKey=abc+/def==;EndpointSuffix=x", "AccountName=shop;AccountKey=<1>;EndpointSuffix=x"),
            ("GET /blob?sv=2026&sig=abc%2Bdef&se=1 from :8080", "GET /blob?sv=2026&sig=<1>&se=1 from :8080"),
            ("host=db port=5432 password='a b' user=u", "host=db port=5432 password='<1>' user=u"),
            ("Driver={ODBC};Server=db,1433;Uid=sa;Pwd=hunter2;", "Driver={ODBC};Server=db,1433;Uid=sa;Pwd=<1>;"),
            ("client-key-data: LS0tLS1CRUdJTg==", "client-key-data: <1>"),
            ("X-Api-Key: abc", "X-Api-Key: <1>"),
            ("-Djavax.net.ssl.keyStorePassword=changeit -Dport=80", "-Djavax.net.ssl.keyStorePassword=<1> -Dport=80"),
            ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key = <1>"),
            ("requirepass=hunter2", "requirepass=<1>"),
            ("run --token=abc --port=80", "run --token=<1> --port=80"),
            ("password=a password=a token=b", "password=<1> password=<1> token=<2>"),
        ),
        keeps=(
            "SECRET_PORT=8080",
            "PWD=/var/lib/nginx",
            "--web.listen-address=:9100",
            "proxy_pass http://127.0.0.1:8080;",
            "token: listen tcp :8080: bind: address already in use",
            "secret: failed to bind 0.0.0.0:80",
            "automountServiceAccountToken: true",
            "password: $(DB_PASSWORD)",
            "tls-private-key-file=/etc/tls/key.pem",
            "max_tokens_count=4096",
            'secret "default/db-credentials" not found',
            "secretKeyRef: {name: db, key: password}",
            "mount /var/run/secrets/kubernetes.io/serviceaccount on node-1",
            "Authorization: Bearer",
            "pod kube-system/token-cleaner-7c9b4-k4x",
        ),
    ),
    Rule(
        id="element",
        title="XML elements whose name says that they are secret",
        needles=secret_names.NEEDLES,
        expression=r"""<(?P<name>[A-Za-z][\w.:-]{0,127}+)>(?P<secret>[^<>]++(?=</)|[^<>\s]++)""",
        applies=named,
        changes=(("<user>a</user><password>hun ter2</password>", "<user>a</user><password><1></password>"),),
        keeps=("<secretName>db</secretName>", "<port>8080</port>", "<token>"),
    ),
    Rule(
        id="directive",
        title="Directives with a blank before their value, as in .netrc, Redis and .ini-like files",
        needles=("password", "passwd", "requirepass", "masterauth", "identified by", "pwd"),
        expression=r"""(?:\blogin\s+\S{1,128}+\s+password\s+|^\s{0,16}(?:requirepass|masterauth|primaryauth|password|passwd)\s+(?=\S+\s*;?\s*$)
            |^\s{0,16}(?:login|machine|user)\s.{0,128}\s(?:password|passwd)\s+
            |\bidentified\s+(?:with\s+\S{1,64}+\s+)?by\s+)(?P<quote>["'])?(?P<secret>(?(quote)[^"']++|[^\s"';]++))""",
        changes=(
            ("machine api.example login bob password hunter2", "machine api.example login bob password <1>"),
            ("requirepass hunter2", "requirepass <1>"),
            ("CREATE USER a IDENTIFIED BY 'hunter2';", "CREATE USER a IDENTIFIED BY '<1>';"),
        ),
        keeps=("password authentication failed for user a", "port 6379", "login shell is /bin/sh"),
    ),
    Rule(
        id="short-flag",
        title="Short flags for a password, of programs that have one: `mysql -pX`, `sshpass -p X`, `redis-cli -a X`, `curl -u user:X`",
        needles=("mysql", "mariadb", "sshpass", "redis-", "mongo", "ldap", "curl", "htpasswd", "login", "smbclient"),
        expression=r"""(?:\b(?:mysql|mariadb)[\w-]*+\s(?:[^|;&]*?\s)?-p(?P<secret>[^\s"'|;&-][^\s"'|;&]*+)
            |\bsshpass\s+-p\s{0,4}["']?(?P<secret>[^\s"'|;&]++)
            |\bredis-[\w-]+\s(?:[^|;&]*?\s)?-a\s+["']?(?P<secret>[^\s"'|;&-][^\s"'|;&]*+)
            |\bmongo\w*+\s(?:[^|;&]*?\s)?-p\s+["']?(?P<secret>[^\s"'|;&-][^\s"'|;&]*+)
            |\bldap\w++\s(?:[^|;&]*?\s)?-w\s+["']?(?P<secret>[^\s"'|;&-][^\s"'|;&]*+)
            |\b(?:docker|podman|helm|crane|oras|az|registry)\s(?:[^|;&]*?\s)?login\s(?:[^|;&]*?\s)?-p\s+["']?(?P<secret>[^\s"'|;&-][^\s"'|;&]*+)
            |\bcurl\s(?:[^|;&]*?\s)?(?:-u|--user|-U|--proxy-user)[\s=]?["']?[^\s:"']{0,64}+:(?P<secret>[^\s"'|;&]++)
            |\bsmbclient\s(?:[^|;&]*?\s)?-U\s+["']?[^\s%"']{1,64}+%(?P<secret>[^\s"'|;&]++))""",
        changes=(
            ("sh -c 'mysqladmin ping -uroot -phunter2'", "sh -c 'mysqladmin ping -uroot -p<1>'"),
            ("sshpass -p hunter2 ssh node-1", "sshpass -p <1> ssh node-1"),
            ("redis-cli -p 6379 -a hunter2 ping", "redis-cli -p 6379 -a <1> ping"),
            ("curl -s -u bob:hunter2 http://127.0.0.1:9200", "curl -s -u bob:<1> http://127.0.0.1:9200"),
        ),
        keeps=("mysql -P 3306 -p", "redis-cli -p 6379 ping", "curl http://127.0.0.1:8080", "nginx -p 8080"),
    ),
)  # fmt: skip
